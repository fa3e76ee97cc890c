import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import { DeskApi } from '../../api/deskApi';
import { api } from './api';

export const desk = new DeskApi(api.http);

/** Everything about a project's tasks: made anew after a change to them. */
export const tasksKey = (slug: string) => ['projects', slug, 'desk'] as const;

export const boardQuery = (slug: string, filters: string) =>
  queryOptions({
    queryKey: [...tasksKey(slug), 'board', filters],
    queryFn: () => desk.board(slug, filters),
    refetchInterval: 15_000,
  });

/** Page after page of the tasks that filters find, in an order. */
export const tasksQuery = (slug: string, query: string) =>
  infiniteQueryOptions({
    queryKey: [...tasksKey(slug), 'list', query],
    queryFn: ({ pageParam }) => desk.tasks(slug, query, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

export const atWorkQuery = (slug: string) =>
  queryOptions({
    queryKey: [...tasksKey(slug), 'at-work'],
    queryFn: () => desk.atWork(slug),
    refetchInterval: 5000,
    refetchOnMount: 'always',
  });

export const workflowQuery = (slug: string) =>
  queryOptions({ queryKey: ['projects', slug, 'workflow'], queryFn: () => desk.workflow(slug) });

export const peopleQuery = (slug: string) =>
  queryOptions({
    queryKey: ['projects', slug, 'people'],
    queryFn: () => desk.people(slug),
    refetchInterval: 60_000,
  });

export const invitationsQuery = (slug: string) =>
  queryOptions({ queryKey: ['projects', slug, 'invitations'], queryFn: () => desk.invitations(slug) });

export const daysQuery = (slug: string, days: number) =>
  queryOptions({
    queryKey: [...tasksKey(slug), 'days', days],
    queryFn: () => desk.days(slug, days),
    refetchInterval: 60_000,
  });
