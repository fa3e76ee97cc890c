import { bodyOf, type Http } from './http';
import type { components } from './schema.generated';

type Schemas = components['schemas'];

export type GoldSettings = Schemas['GoldSettingsFields'];
export type GoldCandidate = Schemas['GoldCandidateOutput'];
export type AttemptPage = Schemas['AttemptPageOutput'];
export type Webhook = Schemas['WebhookOutput'];
export type Delivery = Schemas['DeliveryOutput'];
export type DeliveryPage = Schemas['DeliveryPageOutput'];
export type CourseCreate = Schemas['CourseCreateInputRequest'];
export type CourseChange = Schemas['PatchedCourseChangeInputRequest'];

/** What a project's admins set about gold, courses and webhooks. All throw an `ApiFailure`. */
export class TrustAdminApi {
  readonly http: Http;

  constructor(http: Http) {
    this.http = http;
  }

  /** Null: labellers aren't checked with gold. */
  async goldSettings(slug: string): Promise<GoldSettings | null> {
    const found = await bodyOf(
      this.http.GET('/api/projects/{slug}/gold-settings', { params: { path: { slug } } }),
    );
    return (found as GoldSettings | undefined) ?? null;
  }

  async saveGoldSettings(slug: string, body: GoldSettings): Promise<void> {
    await bodyOf(this.http.PUT('/api/projects/{slug}/gold-settings', { params: { path: { slug } }, body }));
  }

  async goldCandidates(slug: string, search: string): Promise<readonly GoldCandidate[]> {
    const params = { path: { slug }, query: { search } };
    return bodyOf(this.http.GET('/api/projects/{slug}/gold-candidates', { params }));
  }

  async makeGold(slug: string, labelSetId: string, isHiddenCheck: boolean): Promise<void> {
    const body = { label_set_id: labelSetId, is_hidden_check: isHiddenCheck };
    await bodyOf(this.http.POST('/api/projects/{slug}/gold', { params: { path: { slug } }, body }));
  }

  async removeGold(goldId: string): Promise<void> {
    await bodyOf(this.http.DELETE('/api/gold/{gold_id}', { params: { path: { gold_id: goldId } } }));
  }

  async attempts(slug: string, userId: string | null, cursor: string | null): Promise<AttemptPage> {
    const query = { ...(userId === null ? {} : { user: userId }), ...(cursor === null ? {} : { cursor }) };
    return bodyOf(this.http.GET('/api/projects/{slug}/attempts', { params: { path: { slug }, query } }));
  }

  async createCourse(slug: string, body: CourseCreate): Promise<void> {
    await bodyOf(this.http.POST('/api/projects/{slug}/courses', { params: { path: { slug } }, body }));
  }

  async changeCourse(courseId: string, body: CourseChange): Promise<void> {
    const params = { path: { course_id: courseId } };
    await bodyOf(this.http.PATCH('/api/courses/{course_id}', { params, body }));
  }

  async webhooks(slug: string): Promise<readonly Webhook[]> {
    return bodyOf(this.http.GET('/api/projects/{slug}/webhooks', { params: { path: { slug } } }));
  }

  /** The secret, which nobody sees ever again. */
  async createWebhook(slug: string, url: string, events: readonly string[]): Promise<string> {
    const params = { path: { slug } };
    const body = { url, events: [...events] };
    return (await bodyOf(this.http.POST('/api/projects/{slug}/webhooks', { params, body }))).secret;
  }

  async renewSecret(webhookId: string): Promise<string> {
    const params = { path: { webhook_id: webhookId } };
    return (await bodyOf(this.http.POST('/api/webhooks/{webhook_id}/secret', { params }))).secret;
  }

  async removeWebhook(webhookId: string): Promise<void> {
    const params = { path: { webhook_id: webhookId } };
    await bodyOf(this.http.DELETE('/api/webhooks/{webhook_id}', { params }));
  }

  async testWebhook(webhookId: string): Promise<void> {
    const params = { path: { webhook_id: webhookId } };
    await bodyOf(this.http.POST('/api/webhooks/{webhook_id}/test', { params }));
  }

  async deliveries(webhookId: string): Promise<DeliveryPage> {
    const params = { path: { webhook_id: webhookId } };
    return bodyOf(this.http.GET('/api/webhooks/{webhook_id}/deliveries', { params }));
  }

  async deliverAgain(deliveryId: string): Promise<void> {
    const params = { path: { delivery_id: deliveryId } };
    await bodyOf(this.http.POST('/api/deliveries/{delivery_id}/again', { params }));
  }
}
