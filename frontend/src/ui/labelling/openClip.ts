import { HttpAutolabel } from '../../api/autolabelPorts';
import { browserClock, newUuid, WebScopeLocks } from '../../api/browserPorts';
import { ApiFailure } from '../../api/failure';
import { IndexedDbOutbox } from '../../api/indexedDbOutbox';
import { HttpPresence } from '../../api/presencePort';
import { HttpSyncTransport } from '../../api/syncTransport';
import { HttpWorkTransport } from '../../api/workApi';
import { createClip, type Clip } from '../../core/clip/clip';
import type { ClipManifest } from '../../core/clip/manifest';
import type { OntologyLayer } from '../../core/document/ontology';
import { openEditor } from '../../core/editor/openEditor';
import { TaskDesk } from '../../core/work/taskDesk';
import { DEFAULT_CLOUD_SETTINGS } from '../../render/cloudSettings';
import { agreement } from '../server/agreement';
import { api, work } from '../server/api';
import { preferences } from '../server/preferences';
import { sessionOfAddress, taskOfAddress } from './address';
import { clipContents } from './clipContents';
import { Labelling } from './labelling';
import { CloudStore } from './cloudStore';
import { defaultLayout, LayoutStore } from './layout';
import { readOnlyReason, taskReason } from './rights';

/** One connection to the browser's database for all clips that are opened after one another. */
const outboxes = new IndexedDbOutbox(globalThis.indexedDB);

/** Loads a clip with a label set and makes everything behind the labelling screen. */
export async function openClip(clipId: string, userId: string, search: string): Promise<Labelling> {
  const { manifest, trajectory, labelSet, labels: answer } = await clipContents(clipId, search);
  const { revision, labels } = answer;
  const clip = createClip(manifest, trajectory);
  const layer = layerOf(manifest, labelSet.layer);
  const found = await work.taskOfLabelSet(labelSet.id, taskOfAddress(search));
  const isWork = found.works_by_tasks && labelSet.source === 'human';
  const desk =
    isWork && found.task !== null
      ? new TaskDesk(found.task, userId, new HttpWorkTransport(work), browserClock)
      : null;
  // A task that is labelled for the first time decides nothing.
  const versions =
    desk === null || desk.task.stage === 'label'
      ? null
      : await agreement.versions(desk.task.id).catch(noVersions);
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
    readOnlyReason:
      readOnlyReason(manifest.project.role, labelSet.source) ??
      (isWork ? taskReason(desk, manifest.project.role) : null),
    transport: new HttpSyncTransport(
      api.http,
      labelSet.id,
      desk === null ? null : { proof: desk.proof, onLost: (message) => desk.lose(message) },
    ),
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
    desk,
    versions,
    userId,
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

/** Who labelled one of the versions may open what is decided, but not see the others'. */
function noVersions(error: unknown): null {
  if (error instanceof ApiFailure && !error.isTemporary) return null;
  throw error;
}

/** Boxes are found in the points of sweeps. */
function canPropose(clip: Clip): boolean {
  return clip.manifest.sweeps.length > 0;
}

/** The layer of a label set; one that the ontology doesn't know is shown without classes. */
function layerOf(manifest: ClipManifest, name: string): OntologyLayer {
  return manifest.ontology.layers.find((layer) => layer.name === name) ?? { name, title: name, classes: [] };
}
