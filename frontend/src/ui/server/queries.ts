import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { api } from './api';

/** Who is signed in; null for nobody. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => api.session(),
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
      queries.setQueryData(sessionQuery.queryKey, user);
    },
  });
}

export function useLogout() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.signOut(),
    onSuccess: () => {
      // Not clear(): it would take the query away from under those who watch whether somebody is logged in.
      queries.setQueryData(sessionQuery.queryKey, null);
      queries.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionQuery.queryKey[0] });
    },
  });
}
