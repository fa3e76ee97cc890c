import { HttpAutolabel } from '../../api/autolabelPorts';
import { browserClock, newUuid, WebScopeLocks } from '../../api/browserPorts';
import { IndexedDbOutbox } from '../../api/indexedDbOutbox';
import { HttpPresence } from '../../api/presencePort';
import { HttpSyncTransport } from '../../api/syncTransport';
import { createClip, type Clip } from '../../core/clip/clip';
import type { ClipManifest, LabelSetSummary, Role } from '../../core/clip/manifest';
import type { OntologyLayer } from '../../core/document/ontology';
import { openEditor } from '../../core/editor/openEditor';
import { DEFAULT_CLOUD_SETTINGS } from '../../render/cloudSettings';
import { api } from '../server/api';
import { preferences } from '../server/preferences';
import { sessionOfAddress } from './address';
import { clipContents, EDITORS_OF_HUMAN } from './clipContents';
import { Labelling } from './labelling';
import { CloudStore } from './cloudStore';
import { defaultLayout, LayoutStore } from './layout';

/** One connection to the browser's database for all clips that are opened after one another. */
const outboxes = new IndexedDbOutbox(globalThis.indexedDB);

/** Who may change what a machine said: as the server will have it. */
const EDITORS_OF_OTHERS: readonly Role[] = ['engineer', 'admin'];

/** Why labels of this source can't be changed by somebody in this role, or null. */
export function readOnlyReason(role: Role, source: LabelSetSummary['source']): string | null {
  const editors = source === 'human' ? EDITORS_OF_HUMAN : EDITORS_OF_OTHERS;
  if (editors.includes(role)) return null;
  return source === 'human'
    ? `As ${role} you can look at these labels; labellers, reviewers and admins change them.`
    : `These labels come from “${source}”; engineers and admins of the project change them.`;
}

/** Loads a clip with a label set and makes everything behind the labelling screen. */
export async function openClip(clipId: string, userId: string, search: string): Promise<Labelling> {
  const { manifest, trajectory, labelSet, labels: answer } = await clipContents(clipId, search);
  const { revision, labels } = answer;
  const clip = createClip(manifest, trajectory);
  const layer = layerOf(manifest, labelSet.layer);
  const visitId = newUuid();
  const autolabel = new HttpAutolabel(api.http, clipId, layer.name);
  const { editor, sync } = await openEditor({
    clip,
    layer,
    server: labels.map((entry) => [entry.label_id, { version: entry.version, label: entry.label }] as const),
    revision,
    userId,
    labelSetId: labelSet.id,
    newId: newUuid,
    session: sessionOfAddress(search, clip.startNs, clip.endNs),
    readOnlyReason: readOnlyReason(manifest.project.role, labelSet.source),
    transport: new HttpSyncTransport(api.http, labelSet.id),
    ...(canPropose(clip) ? { fitter: autolabel, tracker: autolabel } : {}),
    storage: outboxes,
    locks: new WebScopeLocks(navigator.locks),
    clock: browserClock,
    random: Math.random,
  });
  return new Labelling({
    editor,
    sync,
    labelSet,
    fitter: canPropose(clip) ? autolabel : null,
    reportEffort:
      editor.readOnlyReason === null ? (sum) => api.reportEffort(labelSet.id, visitId, sum) : null,
    fetchPicture: (camera, index, size, signal) =>
      api.image(clipId, camera, index, { isThumbnail: size === 'thumbnail', signal }),
    fetchSweep: (index, signal) => api.sweep(clipId, index, signal),
    fetchStaticCloud: (signal) => api.staticCloud(clipId, signal),
    requestStaticCloud: () => api.makeStaticCloud(clipId),
    cloud: new CloudStore(preferences.section('cloud', DEFAULT_CLOUD_SETTINGS)),
    presence: new HttpPresence(api.http, labelSet.id, newUuid()),
    layout: new LayoutStore(preferences.section('layout', defaultLayout(window.innerWidth))),
  });
}

/** Boxes are found in the points of sweeps. */
function canPropose(clip: Clip): boolean {
  return clip.manifest.sweeps.length > 0;
}

/** The layer of a label set; one that the ontology doesn't know is shown without classes. */
function layerOf(manifest: ClipManifest, name: string): OntologyLayer {
  return manifest.ontology.layers.find((layer) => layer.name === name) ?? { name, title: name, classes: [] };
}
