import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import { AgreementApi } from '../../api/agreementApi';
import { api } from './api';

export const agreement = new AgreementApi(api.http);

export const agreementQuery = (slug: string) =>
  queryOptions({ queryKey: ['projects', slug, 'agreement'], queryFn: () => agreement.report(slug) });

export const agreementGroupsQuery = (slug: string) =>
  infiniteQueryOptions({
    queryKey: ['projects', slug, 'agreement', 'groups'],
    queryFn: ({ pageParam }) => agreement.groups(slug, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) =>
      page.next === null ? null : new URLSearchParams(page.next.split('?')[1] ?? '').get('cursor'),
  });
