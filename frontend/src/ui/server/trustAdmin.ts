import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import { TrustAdminApi } from '../../api/trustAdminApi';
import { api } from './api';

export const trustAdminApi = new TrustAdminApi(api.http);

export const goldSettingsQuery = (slug: string) =>
  queryOptions({
    queryKey: ['projects', slug, 'gold-settings'],
    queryFn: () => trustAdminApi.goldSettings(slug),
  });

export const goldCandidatesQuery = (slug: string, search: string) =>
  queryOptions({
    queryKey: ['projects', slug, 'gold-candidates', search],
    queryFn: () => trustAdminApi.goldCandidates(slug, search),
  });

export const attemptsQuery = (slug: string, userId: string | null) =>
  infiniteQueryOptions({
    queryKey: ['projects', slug, 'attempts', userId],
    queryFn: ({ pageParam }) => trustAdminApi.attempts(slug, userId, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) =>
      page.next === null ? null : new URLSearchParams(page.next.split('?')[1] ?? '').get('cursor'),
  });

export const webhooksQuery = (slug: string) =>
  queryOptions({ queryKey: ['projects', slug, 'webhooks'], queryFn: () => trustAdminApi.webhooks(slug) });

/** Looked at again while something is on its way. */
export const deliveriesQuery = (webhookId: string) =>
  queryOptions({
    queryKey: ['webhooks', webhookId, 'deliveries'],
    queryFn: () => trustAdminApi.deliveries(webhookId),
    refetchInterval: (query) =>
      query.state.data?.results.some((one) => one.state === 'waiting') === true ? 1500 : 15_000,
  });
