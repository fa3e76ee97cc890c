import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import { TrustApi } from '../../api/trustApi';
import { api } from './api';

export const trustApi = new TrustApi(api.http);

export const ownScoreQuery = (slug: string) =>
  queryOptions({ queryKey: ['projects', slug, 'own-score'], queryFn: () => trustApi.ownScore(slug) });

export const coursesQuery = (slug: string) =>
  queryOptions({ queryKey: ['projects', slug, 'courses'], queryFn: () => trustApi.courses(slug) });

/** Looked at every second until it is compared. */
export const attemptQuery = (attemptId: string) =>
  queryOptions({
    queryKey: ['attempts', attemptId],
    queryFn: () => trustApi.attempt(attemptId),
    refetchInterval: (query) => (query.state.data?.score === null ? 1000 : false),
  });

export const scoresQuery = (slug: string) =>
  queryOptions({ queryKey: ['projects', slug, 'scores'], queryFn: () => trustApi.scores(slug) });

export const goldsQuery = (slug: string) =>
  queryOptions({ queryKey: ['projects', slug, 'gold'], queryFn: () => trustApi.golds(slug) });

export const prelabelsQuery = (slug: string) =>
  queryOptions({ queryKey: ['projects', slug, 'pre-labels'], queryFn: () => trustApi.prelabels(slug) });

export const auditQuery = (slug: string, kind: string | null) =>
  infiniteQueryOptions({
    queryKey: ['projects', slug, 'audit', kind],
    queryFn: ({ pageParam }) => trustApi.audit(slug, kind, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) =>
      page.next === null ? null : new URLSearchParams(page.next.split('?')[1] ?? '').get('cursor'),
  });

export const tokensQuery = queryOptions({ queryKey: ['tokens'], queryFn: () => trustApi.tokens() });

export const noticesQuery = queryOptions({
  queryKey: ['notices'],
  queryFn: () => trustApi.notices(),
  refetchInterval: 60_000,
});
