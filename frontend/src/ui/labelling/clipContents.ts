import type { ClipManifest, LabelSetSummary, Role } from '../../core/clip/manifest';
import { api } from '../server/api';
import { labelSetOfAddress } from './address';
import { takePrefetched } from './prefetch';

/** What the server has to say before a clip can be shown. */
export interface ClipContents {
  readonly manifest: ClipManifest;
  readonly trajectory: Awaited<ReturnType<typeof api.trajectory>>;
  readonly labelSet: LabelSetSummary;
  readonly labels: Awaited<ReturnType<typeof api.labels>>;
}

const LABELLING_PATH = /^\/projects\/[^/]+\/clips\/([^/]+)\/?$/;

/** Who may change people's labels: as the server will have it. */
export const EDITORS_OF_HUMAN: readonly Role[] = ['labeller', 'reviewer', 'admin'];

/** The one answer that was asked for before anybody wanted it. */
let asked: { readonly place: string; readonly contents: Promise<ClipContents> } | null = null;

/**
 * Asks for the clip that the page's address names, before the code that shows it is here: on a cold cache both take
 * as long, and so they come together.
 */
export function askForClipOf({ pathname, search }: Location): void {
  const clipId = LABELLING_PATH.exec(pathname)?.[1];
  if (clipId === undefined) return;
  const contents = loadContents(clipId, search);
  // Who isn't logged in is told so by the login page, and asks again.
  contents.catch(() => undefined);
  asked = { place: placeOf(clipId, search), contents };
}

/** The contents of a clip: those that are on their way already, else asked for now. */
export async function clipContents(clipId: string, search: string): Promise<ClipContents> {
  const early = asked;
  asked = null;
  if (early?.place !== placeOf(clipId, search)) return loadContents(clipId, search);
  return early.contents.catch(() => loadContents(clipId, search));
}

async function loadContents(clipId: string, search: string): Promise<ClipContents> {
  const ahead = takePrefetched(clipId);
  const trajectory = ahead?.trajectory ?? api.trajectory(clipId);
  trajectory.catch(() => undefined); // Awaited below, unless the manifest failed first.
  const manifest = await (ahead?.manifest ?? api.clip(clipId));
  const labelSet = await chooseLabelSet(manifest, labelSetOfAddress(search));
  const labels = await api.labels(labelSet.id);
  return { manifest, trajectory: await trajectory, labelSet, labels };
}

function placeOf(clipId: string, search: string): string {
  return `${clipId} ${labelSetOfAddress(search) ?? ''}`;
}

/** The set that was asked for, else people's own, which is made where there is none yet and one may. */
async function chooseLabelSet(manifest: ClipManifest, asked: string | null): Promise<LabelSetSummary> {
  const found = manifest.label_sets.find((item) => item.id === asked);
  if (found !== undefined) return found;
  const [layer] = manifest.ontology.layers;
  if (layer === undefined) {
    throw new Error(
      'The ontology of this project has no layer yet: an admin has to add one before labelling.',
    );
  }
  const human = manifest.label_sets.find((item) => item.layer === layer.name && item.source === 'human');
  if (human !== undefined) return human;
  if (EDITORS_OF_HUMAN.includes(manifest.project.role))
    return api.ensureLabelSet(manifest.id, layer.name, 'human');
  const [other] = manifest.label_sets.filter((item) => item.layer === layer.name);
  if (other !== undefined) return other;
  throw new Error('Nobody has labelled this clip yet, and your role may look at labels only.');
}
