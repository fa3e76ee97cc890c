import { queryOptions } from '@tanstack/react-query';

import { work } from './api';

/** Midnight, where the person is: their day began there. */
export function startOfDay(now: Date = new Date()): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate());
}

/** One's own work: looked at again every half minute, and whenever one comes back to the page. */
export const homeQuery = queryOptions({
  queryKey: ['work', 'home'],
  queryFn: () => work.home(startOfDay()),
  refetchInterval: 30_000,
  refetchOnMount: 'always',
});

export const membersQuery = (slug: string) =>
  queryOptions({
    queryKey: ['projects', slug, 'members'],
    queryFn: () => work.members(slug),
    staleTime: 60_000,
  });
