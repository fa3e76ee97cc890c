import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import type { Export, ExportRequest } from '../../api/types';
import { api } from './api';

export function isOpenExport(item: Export): boolean {
  return item.state === 'queued' || item.state === 'running';
}

/** The project's exports, newest first; looked at every second while one is at work. */
export const exportsQuery = (slug: string) =>
  queryOptions({
    queryKey: ['projects', slug, 'exports'],
    queryFn: () => api.exports(slug),
    refetchInterval: (query) => (query.state.data?.some(isOpenExport) === true ? 1000 : 15_000),
  });

export function useStartExport(slug: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (request: ExportRequest) => api.startExport(slug, request),
    onSuccess: () => queries.invalidateQueries({ queryKey: exportsQuery(slug).queryKey }),
  });
}

export function useCancelExport(slug: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (exportId: string) => api.cancelExport(exportId),
    onSettled: () => queries.invalidateQueries({ queryKey: exportsQuery(slug).queryKey }),
  });
}
