import { letterOf, VERSION_COLORS, type Versions } from '../core/adjudication/versions';
import { labelId } from '../core/document/ids';
import { readLabel, type WireLabel } from '../core/document/readLabel';
import { bodyOf, type Http } from './http';
import type { components } from './schema.generated';

type Schemas = components['schemas'];

export type AgreementReport = Schemas['AgreementReportOutput'];
export type AgreementGroup = Schemas['AgreementGroupOutput'];
export type AgreementGroupPage = Schemas['AgreementGroupPageOutput'];
export type GroupsCreate = Schemas['GroupsCreateInputRequest'];

/** The same clip to several people. All throw an `ApiFailure` when there is no good answer. */
export class AgreementApi {
  readonly http: Http;

  constructor(http: Http) {
    this.http = http;
  }

  async report(slug: string): Promise<AgreementReport> {
    return bodyOf(this.http.GET('/api/projects/{slug}/agreement', { params: { path: { slug } } }));
  }

  async groups(slug: string, cursor: string | null): Promise<AgreementGroupPage> {
    const query = cursor === null ? {} : { cursor };
    const params = { path: { slug }, query };
    return bodyOf(this.http.GET('/api/projects/{slug}/agreement/groups', { params }));
  }

  async create(slug: string, body: GroupsCreate): Promise<Schemas['GroupsCreateOutput']> {
    return bodyOf(this.http.POST('/api/projects/{slug}/agreement', { params: { path: { slug } }, body }));
  }

  /** What a task is to decide between; null: it is a task like others. */
  async versions(taskId: string): Promise<Versions | null> {
    const params = { path: { task_id: taskId } };
    const found = await bodyOf<Schemas['VersionsOutput'] | undefined>(
      this.http.GET('/api/tasks/{task_id}/versions', { params }),
    );
    if (found === undefined) return null;
    const versions = found.versions.map(({ position, person, label_set_id, revision, labels }) => ({
      position,
      letter: letterOf(position),
      color: VERSION_COLORS[(position - 1) % VERSION_COLORS.length] ?? '#ffffff',
      person: person?.name ?? null,
      labelSetId: label_set_id,
      revision,
      // The server has checked them by the format.
      labels: new Map(
        labels.map((body) => readLabel(body as unknown as WireLabel)).map((one) => [one.id, one]),
      ),
    }));
    const clusters = found.clusters.map(({ members, agreement, differs }) => ({
      members: new Map(Object.entries(members).map(([position, id]) => [Number(position), labelId(id)])),
      agreement,
      differs,
    }));
    return { versions, clusters };
  }
}
