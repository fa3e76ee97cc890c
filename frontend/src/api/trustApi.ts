import { bodyOf, type Http } from './http';
import type { components } from './schema.generated';

type Schemas = components['schemas'];

export type OwnScore = Schemas['OwnScoreOutput'];
export type Course = Schemas['CourseOutput'];
export type Attempt = Schemas['AttemptOutput'];
export type Finding = Schemas['FindingOutput'];
export type PersonScore = Schemas['PersonScoreOutput'];
export type Gold = Schemas['GoldOutput'];
export type AuditPage = Schemas['AuditPageOutput'];
export type AuditEntry = Schemas['AuditEntryOutput'];
export type ApiToken = Schemas['ApiTokenOutput'];
export type NoticePage = Schemas['NoticePageOutput'];
export type Webhook = Schemas['WebhookOutput'];
export type PrelabelReport = Schemas['PrelabelReportOutput'];
export type PrelabelModel = Schemas['PrelabelModelOutput'];
export type LabelCost = Schemas['LabelCostOutput'];
export type StartFrom = Schemas['StartsSetInputRequest'];
export type Scope = Schemas['ApiTokenOutput']['scopes'][number];

/** Gold, courses, scores, the audit log, tokens, notices. All throw an `ApiFailure`. */
export class TrustApi {
  readonly http: Http;

  constructor(http: Http) {
    this.http = http;
  }

  async ownScore(slug: string): Promise<OwnScore> {
    return bodyOf(this.http.GET('/api/projects/{slug}/own-score', { params: { path: { slug } } }));
  }

  async courses(slug: string): Promise<readonly Course[]> {
    return bodyOf(this.http.GET('/api/projects/{slug}/courses', { params: { path: { slug } } }));
  }

  async startStep(courseId: string, position: number): Promise<Schemas['TaskOutput']> {
    const params = { path: { course_id: courseId } };
    const body = { position };
    return (await bodyOf(this.http.POST('/api/courses/{course_id}/start', { params, body }))).task;
  }

  async attempt(attemptId: string): Promise<Attempt> {
    const params = { path: { attempt_id: attemptId } };
    return bodyOf(this.http.GET('/api/attempts/{attempt_id}', { params }));
  }

  /** The labels of the gold, and those that were compared with it. */
  async bothLabels(
    attempt: Attempt,
  ): Promise<readonly [Schemas['LabelListOutput'], Schemas['LabelListOutput']]> {
    const gold = { path: { attempt_id: attempt.id } };
    const own = { path: { label_set_id: attempt.label_set_id } };
    return Promise.all([
      bodyOf(this.http.GET('/api/attempts/{attempt_id}/gold', { params: gold })),
      bodyOf(this.http.GET('/api/label-sets/{label_set_id}/labels', { params: own })),
    ]);
  }

  async scores(slug: string): Promise<readonly PersonScore[]> {
    return bodyOf(this.http.GET('/api/projects/{slug}/scores', { params: { path: { slug } } }));
  }

  async golds(slug: string): Promise<readonly Gold[]> {
    return bodyOf(this.http.GET('/api/projects/{slug}/gold', { params: { path: { slug } } }));
  }

  async audit(slug: string, kind: string | null, cursor: string | null): Promise<AuditPage> {
    const query = { ...(kind === null ? {} : { kind: [kind] }), ...(cursor === null ? {} : { cursor }) };
    return bodyOf(this.http.GET('/api/projects/{slug}/audit', { params: { path: { slug }, query } }));
  }

  async tokens(): Promise<readonly ApiToken[]> {
    return bodyOf(this.http.GET('/api/me/tokens'));
  }

  async createToken(name: string, scopes: Scope[], days: number): Promise<string> {
    return (await bodyOf(this.http.POST('/api/me/tokens', { body: { name, scopes, days } }))).text;
  }

  async revokeToken(tokenId: string): Promise<void> {
    const params = { path: { token_id: tokenId } };
    await bodyOf(this.http.DELETE('/api/me/tokens/{token_id}', { params }));
  }

  async changePassword(old: string, next: string): Promise<void> {
    const body = { old_password: old, new_password: next };
    await bodyOf(this.http.PUT('/api/me/password', { body }));
  }

  /** What machines' labels saved people, and which there are to start from. */
  async prelabels(slug: string): Promise<PrelabelReport> {
    return bodyOf(this.http.GET('/api/projects/{slug}/pre-labels', { params: { path: { slug } } }));
  }

  /** Has tasks that nobody has begun start from a machine's labels; returns how many. */
  async startFrom(slug: string, body: StartFrom): Promise<number> {
    const params = { path: { slug } };
    return (await bodyOf(this.http.POST('/api/projects/{slug}/pre-labels', { params, body }))).changed;
  }

  async notices(): Promise<NoticePage> {
    return bodyOf(this.http.GET('/api/me/notices'));
  }

  async readNotices(): Promise<void> {
    await bodyOf(this.http.POST('/api/me/notices/read', { body: { ids: null } }));
  }
}
