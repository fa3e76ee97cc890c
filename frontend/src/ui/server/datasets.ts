import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';

import {
  DatasetsApi,
  type HoldOutRequest,
  type PreviewRequest,
  type SelectionRequest,
  type VersionExportRequest,
} from '../../api/datasetsApi';
import { api } from './api';
import { exportsQuery } from './exports';

export const datasetsApi = new DatasetsApi(api.http);

/** Clips that one page of a version's label sets has. */
const CLIPS_OF_PAGE = 200;

export const datasetsQuery = (slug: string) =>
  queryOptions({
    queryKey: ['projects', slug, 'datasets'],
    queryFn: () => datasetsApi.datasets(slug),
  });

export const facetsQuery = (slug: string) =>
  queryOptions({ queryKey: ['projects', slug, 'facets'], queryFn: () => datasetsApi.facets(slug) });

/** How much would be frozen now; the last answer stays until the next one is there. */
export const previewQuery = (slug: string, request: SelectionRequest) =>
  queryOptions({
    queryKey: ['projects', slug, 'selection', JSON.stringify(request)],
    queryFn: ({ signal }) => datasetsApi.preview(slug, request, signal),
    placeholderData: keepPreviousData,
    retry: false,
  });

export const specCheckQuery = (slug: string, text: string) =>
  queryOptions({
    queryKey: ['projects', slug, 'spec', text],
    queryFn: ({ signal }) => datasetsApi.checkSpec(slug, text, signal),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });

/** The last picture stays until the next one is there. */
export const targetPreviewQuery = (slug: string, request: PreviewRequest) =>
  queryOptions({
    queryKey: ['projects', slug, 'target-preview', JSON.stringify(request)],
    queryFn: ({ signal }) => datasetsApi.targetPreview(slug, request, signal),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
    gcTime: 60_000,
  });

/** Looked at again while it isn't so. */
export const isCompiledQuery = (slug: string) =>
  queryOptions({
    queryKey: ['kernels'],
    queryFn: ({ signal }) => datasetsApi.isCompiled(slug, signal),
    staleTime: Infinity,
    refetchInterval: (query) => (query.state.data === true ? false : 3000),
  });

/** A clip's manifest: its cameras, and when their images are. */
export const clipQuery = (clipId: string) =>
  queryOptions({ queryKey: ['clips', clipId], queryFn: () => api.clip(clipId), staleTime: Infinity });

export const versionsQuery = (datasetId: string) =>
  queryOptions({
    queryKey: ['datasets', datasetId, 'versions'],
    queryFn: () => datasetsApi.versions(datasetId),
  });

export const versionQuery = (versionId: string) =>
  queryOptions({
    queryKey: ['versions', versionId],
    queryFn: () => datasetsApi.version(versionId),
  });

export const versionItemsQuery = (versionId: string) =>
  infiniteQueryOptions({
    queryKey: ['versions', versionId, 'items'],
    queryFn: ({ pageParam }) => datasetsApi.items(versionId, pageParam),
    initialPageParam: -1,
    getNextPageParam: (page, _, after) => {
      const last = page.at(-1);
      return last === undefined || last.position < after + CLIPS_OF_PAGE ? null : after + CLIPS_OF_PAGE;
    },
    staleTime: Infinity,
  });

export const comparisonQuery = (versionId: string, otherId: string) =>
  queryOptions({
    queryKey: ['versions', versionId, 'since', otherId],
    queryFn: () => datasetsApi.compare(versionId, otherId),
    staleTime: Infinity,
  });

/** Looked at every second while it is being made. */
export const cardQuery = (versionId: string) =>
  queryOptions({
    queryKey: ['versions', versionId, 'card'],
    queryFn: () => datasetsApi.card(versionId),
    refetchInterval: (query) =>
      query.state.data?.state === 'queued' || query.state.data?.state === 'running' ? 1000 : false,
  });

export function useMakeCard(versionId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => datasetsApi.makeCard(versionId),
    onSuccess: (card) => queries.setQueryData(cardQuery(versionId).queryKey, card),
  });
}

export const holdOutsQuery = (slug: string) =>
  queryOptions({ queryKey: ['projects', slug, 'hold-outs'], queryFn: () => datasetsApi.holdOuts(slug) });

export function useCreateDataset(slug: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ name, description }: { readonly name: string; readonly description: string }) =>
      datasetsApi.createDataset(slug, name, description),
    onSuccess: () => queries.invalidateQueries({ queryKey: datasetsQuery(slug).queryKey }),
  });
}

export function useFreeze(slug: string, datasetId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ request, note }: { readonly request: SelectionRequest; readonly note: string }) =>
      datasetsApi.freeze(datasetId, request, note),
    onSuccess: (version) => {
      queries.setQueryData(versionQuery(version.id).queryKey, version);
      return Promise.all([
        queries.invalidateQueries({ queryKey: versionsQuery(datasetId).queryKey }),
        queries.invalidateQueries({ queryKey: datasetsQuery(slug).queryKey }),
      ]);
    },
  });
}

export function useDeprecate(slug: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ versionId, reason }: { readonly versionId: string; readonly reason: string }) =>
      datasetsApi.deprecate(versionId, reason),
    onSuccess: (version) => {
      queries.setQueryData(versionQuery(version.id).queryKey, version);
      return Promise.all([
        queries.invalidateQueries({ queryKey: versionsQuery(version.dataset_id).queryKey }),
        queries.invalidateQueries({ queryKey: datasetsQuery(slug).queryKey }),
      ]);
    },
  });
}

export function useExportVersion(slug: string, versionId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (request: VersionExportRequest) => datasetsApi.exportVersion(versionId, request),
    onSuccess: () => queries.invalidateQueries({ queryKey: exportsQuery(slug).queryKey }),
  });
}

export function useHoldOuts(slug: string) {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: holdOutsQuery(slug).queryKey });
  const add = useMutation({
    mutationFn: (request: HoldOutRequest) => datasetsApi.addHoldOut(slug, request),
    onSuccess,
  });
  const remove = useMutation({
    mutationFn: (holdOutId: string) => datasetsApi.removeHoldOut(holdOutId),
    onSuccess,
  });
  return { add, remove };
}
