import type { EffortSum } from '../core/telemetry/effort';
import type { ClipManifest } from '../core/clip/manifest';
import type { LabelId } from '../core/document/ids';
import { readLabel, type WireLabel } from '../core/document/readLabel';
import type { Trajectory } from '../core/geometry/trajectory';
import { decodeSweep, type Sweep } from './binary/sweep';
import { decodeTrajectory } from './binary/trajectory';
import { bodyOf, createHttp, type Http, type HttpOptions } from './http';
import type {
  ClipPage,
  Export,
  ExportRequest,
  LabelList,
  LabelSetSummary,
  Project,
  ProjectDetail,
  StaticCloud,
  User,
} from './types';

/** Every question to the server, by name. All throw an `ApiFailure` when there is no good answer. */
export class LabelappApi {
  readonly http: Http;

  constructor(options: HttpOptions = {}) {
    this.http = createHttp(options);
  }

  /** Who is signed in, null for nobody; sets the CSRF cookie. */
  async session(): Promise<User | null> {
    return (await bodyOf(this.http.GET('/api/session'))).user;
  }

  /** Null: the password is right, and a code is owed. */
  async signIn(username: string, password: string): Promise<User | null> {
    return (await bodyOf(this.http.POST('/api/session', { body: { username, password } }))).user;
  }

  async sendCode(code: string): Promise<User | null> {
    return (await bodyOf(this.http.POST('/api/session/code', { body: { code } }))).user;
  }

  /** Logs out here; the address at which one logs out at the provider too that one came from, or null. */
  async signOut(): Promise<string | null> {
    const body = await bodyOf(this.http.DELETE('/api/session'));
    return body === undefined ? null : body.url;
  }

  async projects(): Promise<readonly Project[]> {
    return bodyOf(this.http.GET('/api/projects'));
  }

  async project(slug: string): Promise<ProjectDetail> {
    const body = await bodyOf(this.http.GET('/api/projects/{slug}', { params: { path: { slug } } }));
    return body as unknown as ProjectDetail; // The schema leaves an ontology's sizes and presets open.
  }

  async clips(slug: string, cursor?: string): Promise<ClipPage> {
    const query = cursor === undefined ? {} : { cursor };
    return bodyOf(this.http.GET('/api/projects/{slug}/clips', { params: { path: { slug }, query } }));
  }

  async clip(clipId: string): Promise<ClipManifest> {
    const body = await bodyOf(
      this.http.GET('/api/clips/{clip_id}', { params: { path: { clip_id: clipId } } }),
    );
    return body as unknown as ClipManifest; // The schema says arrays where there are always three or four numbers.
  }

  async trajectory(clipId: string, signal?: AbortSignal): Promise<Trajectory> {
    const params = { path: { clip_id: clipId } };
    const body = await bodyOf(
      this.http.GET('/api/clips/{clip_id}/trajectory', {
        params,
        parseAs: 'arrayBuffer',
        ...signalOf(signal),
      }),
    );
    return decodeTrajectory(body);
  }

  async sweep(clipId: string, index: number, signal?: AbortSignal): Promise<Sweep> {
    const params = { path: { clip_id: clipId, index } };
    const body = await bodyOf(
      this.http.GET('/api/clips/{clip_id}/sweeps/{index}', {
        params,
        parseAs: 'arrayBuffer',
        ...signalOf(signal),
      }),
    );
    return decodeSweep(body);
  }

  /** What there is of a clip's static cloud. */
  async staticCloud(clipId: string, signal?: AbortSignal): Promise<StaticCloud> {
    const params = { path: { clip_id: clipId } };
    return bodyOf(this.http.GET('/api/clips/{clip_id}/cloud', { params, ...signalOf(signal) }));
  }

  /** Has a clip's static cloud made anew. */
  async makeStaticCloud(clipId: string): Promise<void> {
    await bodyOf(this.http.POST('/api/clips/{clip_id}/cloud', { params: { path: { clip_id: clipId } } }));
  }

  /** A picture, as recorded or as a thumbnail. */
  async image(
    clipId: string,
    camera: string,
    index: number,
    options: { readonly isThumbnail?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<Blob> {
    const query = options.isThumbnail === true ? { size: 'thumbnail' as const } : {};
    const params = { path: { clip_id: clipId, camera, index }, query };
    const body = await bodyOf(
      this.http.GET('/api/clips/{clip_id}/images/{camera}/{index}', {
        params,
        parseAs: 'blob',
        ...signalOf(options.signal),
      }),
    );
    return body;
  }

  async labelSets(clipId: string): Promise<readonly LabelSetSummary[]> {
    return bodyOf(
      this.http.GET('/api/clips/{clip_id}/label-sets', { params: { path: { clip_id: clipId } } }),
    );
  }

  /** The label set of a layer and source, made where there is none. */
  async ensureLabelSet(
    clipId: string,
    layer: string,
    source: LabelSetSummary['source'],
  ): Promise<LabelSetSummary> {
    const params = { path: { clip_id: clipId } };
    return bodyOf(this.http.POST('/api/clips/{clip_id}/label-sets', { params, body: { layer, source } }));
  }

  /** All labels with their versions, now or as of a revision. */
  async labels(labelSetId: string, revision?: number): Promise<LabelList> {
    const query = revision === undefined ? {} : { revision };
    const body = await bodyOf(
      this.http.GET('/api/label-sets/{label_set_id}/labels', {
        params: { path: { label_set_id: labelSetId }, query },
      }),
    );
    // The schema leaves labels open; the server has checked them by the format.
    const labels = body.labels as unknown as readonly {
      label_id: LabelId;
      version: number;
      label: WireLabel;
    }[];
    return {
      revision: body.revision,
      labels: labels.map((entry) => ({ ...entry, label: readLabel(entry.label) })),
    };
  }

  /** What a label set cost so far. */
  async effort(labelSetId: string): Promise<{ readonly own: EffortSum; readonly all: EffortSum }> {
    const params = { path: { label_set_id: labelSetId } };
    return bodyOf(this.http.GET('/api/label-sets/{label_set_id}/effort', { params }));
  }

  /** Keeps the sums of a visit so far; goes out also while the page is being left. */
  async reportEffort(labelSetId: string, visitId: string, sum: EffortSum): Promise<void> {
    const params = { path: { label_set_id: labelSetId, visit_id: visitId } };
    await bodyOf(
      this.http.PUT('/api/label-sets/{label_set_id}/effort/{visit_id}', {
        params,
        body: { actions: sum.actions, active_s: sum.active_s },
        keepalive: true,
      }),
    );
  }

  async exports(slug: string): Promise<readonly Export[]> {
    return bodyOf(this.http.GET('/api/projects/{slug}/exports', { params: { path: { slug } } }));
  }

  async startExport(slug: string, request: ExportRequest): Promise<Export> {
    const params = { path: { slug } };
    return bodyOf(this.http.POST('/api/projects/{slug}/exports', { params, body: request }));
  }

  async export(exportId: string): Promise<Export> {
    return bodyOf(this.http.GET('/api/exports/{export_id}', { params: { path: { export_id: exportId } } }));
  }

  async cancelExport(exportId: string): Promise<Export> {
    const params = { path: { export_id: exportId } };
    return bodyOf(this.http.POST('/api/exports/{export_id}/cancel', { params }));
  }
}

function signalOf(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
