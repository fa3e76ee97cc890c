import { queryOptions } from '@tanstack/react-query';

import { OpenidApi } from '../../api/openidApi';
import { api } from './api';

export const openidApi = new OpenidApi(api.http);

/** Whether one may log in at a provider, and what became of the last attempt. */
export const openidQuery = queryOptions({
  queryKey: ['openid'],
  queryFn: () => openidApi.get(),
});
