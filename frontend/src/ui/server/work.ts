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

/** What was said about a task: others may be saying something now. */
export const commentsQuery = (taskId: string) =>
  queryOptions({
    queryKey: ['tasks', taskId, 'comments'],
    queryFn: () => work.comments(taskId),
    refetchInterval: 15_000,
  });

export const changesQuery = (taskId: string) =>
  queryOptions({
    queryKey: ['tasks', taskId, 'changes'],
    queryFn: () => work.changes(taskId),
    refetchOnMount: 'always',
  });

export const correctionQuery = (taskId: string) =>
  queryOptions({
    queryKey: ['tasks', taskId, 'correction'],
    queryFn: () => work.correction(taskId),
  });
