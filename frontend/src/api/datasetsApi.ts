import { bodyOf, type Http } from './http';
import type { components } from './schema.generated';

type Schemas = components['schemas'];

export type Dataset = Schemas['DatasetOutput'];
export type Version = Schemas['VersionOutput'];
export type Selection = Schemas['SelectionOutput'];
export type Sums = Schemas['SumsOutput'];
export type Facets = Schemas['FacetsOutput'];
export type CheckedSpec = Schemas['CheckedSpecOutput'];
export type SpecProblem = Schemas['SpecProblemOutput'];
export type Comparison = Schemas['ComparisonOutput'];
export type VersionItem = Schemas['ItemOutput'];
export type HoldOut = Schemas['HoldOutOutput'];
export type HoldOutRequest = Schemas['HoldOutInputRequest'];
export type Card = Schemas['CardOutput'];
export type PreviewRequest = Schemas['PreviewInputRequest'];
export type TargetPreview = Schemas['PreviewOutput'];
export type VersionExportRequest = Schemas['VersionExportInputRequest'];

/** What a version is to be made of, in the words of docs/datasets.md. */
export interface SelectionRequest {
  readonly query: unknown;
  readonly split: unknown;
  readonly spec: unknown;
}

/** Data sets, their versions, and what is held out. All throw an `ApiFailure` when there is no good answer. */
export class DatasetsApi {
  readonly http: Http;

  constructor(http: Http) {
    this.http = http;
  }

  async datasets(slug: string): Promise<readonly Dataset[]> {
    return bodyOf(this.http.GET('/api/projects/{slug}/datasets', { params: { path: { slug } } }));
  }

  async createDataset(slug: string, name: string, description: string): Promise<Dataset> {
    const params = { path: { slug } };
    return bodyOf(this.http.POST('/api/projects/{slug}/datasets', { params, body: { name, description } }));
  }

  async facets(slug: string): Promise<Facets> {
    return bodyOf(this.http.GET('/api/projects/{slug}/datasets/facets', { params: { path: { slug } } }));
  }

  /** How much would be frozen now. */
  async preview(slug: string, request: SelectionRequest, signal?: AbortSignal): Promise<Selection> {
    return bodyOf(
      this.http.POST('/api/projects/{slug}/datasets/preview', {
        params: { path: { slug } },
        body: request,
        ...(signal === undefined ? {} : { signal }),
      }),
    );
  }

  async checkSpec(slug: string, text: string, signal?: AbortSignal): Promise<CheckedSpec> {
    return bodyOf(
      this.http.POST('/api/projects/{slug}/target-specs/check', {
        params: { path: { slug } },
        body: { text },
        ...(signal === undefined ? {} : { signal }),
      }),
    );
  }

  /** Whether targets can be had at once, or the server's machine compiles what projects first. */
  async isCompiled(slug: string, signal?: AbortSignal): Promise<boolean> {
    const answer = await bodyOf(
      this.http.GET('/api/projects/{slug}/target-preview', {
        params: { path: { slug } },
        ...(signal === undefined ? {} : { signal }),
      }),
    );
    return answer.is_compiled;
  }

  /** A head's targets over an image, made as an export makes them. */
  async targetPreview(slug: string, request: PreviewRequest, signal?: AbortSignal): Promise<TargetPreview> {
    return bodyOf(
      this.http.POST('/api/projects/{slug}/target-preview', {
        params: { path: { slug } },
        body: request,
        ...(signal === undefined ? {} : { signal }),
      }),
    );
  }

  async versions(datasetId: string): Promise<readonly Version[]> {
    const params = { path: { dataset_id: datasetId } };
    return bodyOf(this.http.GET('/api/datasets/{dataset_id}/versions', { params }));
  }

  async freeze(datasetId: string, request: SelectionRequest, note: string): Promise<Version> {
    const params = { path: { dataset_id: datasetId } };
    const body = { ...request, note };
    return bodyOf(this.http.POST('/api/datasets/{dataset_id}/versions', { params, body }));
  }

  async version(versionId: string): Promise<Version> {
    const params = { path: { version_id: versionId } };
    return bodyOf(this.http.GET('/api/dataset-versions/{version_id}', { params }));
  }

  /** The label sets of the next 200 clips. */
  async items(versionId: string, after: number): Promise<readonly VersionItem[]> {
    const params = { path: { version_id: versionId }, query: { after } };
    return bodyOf(this.http.GET('/api/dataset-versions/{version_id}/items', { params }));
  }

  /** What came, went and changed from `otherId` to `versionId`. */
  async compare(versionId: string, otherId: string): Promise<Comparison> {
    const params = { path: { version_id: versionId, other_id: otherId } };
    return bodyOf(this.http.GET('/api/dataset-versions/{version_id}/since/{other_id}', { params }));
  }

  async deprecate(versionId: string, reason: string): Promise<Version> {
    const params = { path: { version_id: versionId } };
    return bodyOf(
      this.http.POST('/api/dataset-versions/{version_id}/deprecate', { params, body: { reason } }),
    );
  }

  /** What a version looks like, or how far counting it is. */
  async card(versionId: string): Promise<Card> {
    const params = { path: { version_id: versionId } };
    return bodyOf(this.http.GET('/api/dataset-versions/{version_id}/card', { params }));
  }

  async makeCard(versionId: string): Promise<Card> {
    const params = { path: { version_id: versionId } };
    return bodyOf(this.http.POST('/api/dataset-versions/{version_id}/card', { params }));
  }

  async exportVersion(versionId: string, request: VersionExportRequest): Promise<Schemas['ExportOutput']> {
    const params = { path: { version_id: versionId } };
    return bodyOf(this.http.POST('/api/dataset-versions/{version_id}/exports', { params, body: request }));
  }

  async holdOuts(slug: string): Promise<readonly HoldOut[]> {
    return bodyOf(this.http.GET('/api/projects/{slug}/hold-outs', { params: { path: { slug } } }));
  }

  async addHoldOut(slug: string, request: HoldOutRequest): Promise<HoldOut> {
    return bodyOf(
      this.http.POST('/api/projects/{slug}/hold-outs', { params: { path: { slug } }, body: request }),
    );
  }

  async removeHoldOut(holdOutId: string): Promise<void> {
    const params = { path: { hold_out_id: holdOutId } };
    await bodyOf(this.http.DELETE('/api/hold-outs/{hold_out_id}', { params }));
  }
}
