import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import type { User } from '../../api/types';
import { api } from './api';
import { preferencesOf } from './preferences';

/** From now on it is this person's page, in their own colours and with their own keys. */
function welcome(user: User | null): User | null {
  preferencesOf(user?.id ?? null);
  return user;
}

/** Who is signed in; null for nobody. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async () => welcome(await api.session()),
  staleTime: 60_000,
});

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: () => api.projects(),
});

export const projectQuery = (slug: string) =>
  queryOptions({
    queryKey: ['projects', slug],
    queryFn: () => api.project(slug),
  });

export const clipsQuery = (slug: string) =>
  infiniteQueryOptions({
    queryKey: ['projects', slug, 'clips'],
    queryFn: ({ pageParam }) => api.clips(slug, pageParam ?? undefined),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

export function useLogin() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ username, password }: { readonly username: string; readonly password: string }) =>
      api.signIn(username, password),
    onSuccess: (user) => {
      if (user === null) return; // A code is owed.
      welcome(user);
      queries.setQueryData(sessionQuery.queryKey, user);
    },
  });
}

/** The code that the password isn't enough without. */
export function useSendCode() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (code: string) => api.sendCode(code),
    onSuccess: (user) => {
      welcome(user);
      queries.setQueryData(sessionQuery.queryKey, user);
    },
  });
}

export function useLogout() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.signOut(),
    onSuccess: (url) => {
      welcome(null);
      if (url !== null) window.location.assign(url);
      // Not clear(): it would take the query away from under those who watch whether somebody is logged in.
      queries.setQueryData(sessionQuery.queryKey, null);
      queries.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionQuery.queryKey[0] });
    },
  });
}
