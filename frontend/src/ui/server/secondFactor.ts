import { queryOptions } from '@tanstack/react-query';

import { SecondFactorApi } from '../../api/secondFactorApi';
import { api } from './api';

export const secondFactorApi = new SecondFactorApi(api.http);

export const secondFactorQuery = queryOptions({
  queryKey: ['second-factor'],
  queryFn: () => secondFactorApi.get(),
});
