import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ImportsApi, type LabelImport, type LabelImportOptions } from '../../api/importsApi';
import { api } from './api';

export const importsApi = new ImportsApi(api.http);

/** A job is asked for this often. */
const POLL_MS = 400;

/** How far an import is, for a person. */
export type Told = (stage: string, share: number | null) => void;

async function finished(importId: string, tell: Told): Promise<LabelImport> {
  for (;;) {
    const found = await importsApi.get(importId);
    if (found.state === 'done') return found;
    if (found.state === 'failed' || found.state === 'cancelled') throw new Error(found.message);
    const share = found.total ? found.done / found.total : null;
    tell(found.message === '' ? 'waiting for a worker' : found.message, share);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Read what was sent with some options; nothing is stored where it is a dry run. */
export function useRunImport(slug: string, tell: Told) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (asked: { readonly importId: string; readonly options: LabelImportOptions }) => {
      await importsApi.run(asked.importId, asked.options);
      return finished(asked.importId, tell);
    },
    onSuccess: (_, { options }) =>
      options.dry_run ? undefined : queries.invalidateQueries({ queryKey: ['projects', slug] }),
  });
}
