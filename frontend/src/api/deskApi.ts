import type { Task } from '../core/work/task';
import { bodyOf, type Http } from './http';
import type { components } from './schema.generated';

type Schemas = components['schemas'];

export type Board = Schemas['BoardOutput'];
export type AtWork = Schemas['AtWorkOutput'];
export type Workflow = Schemas['WorkflowFields'];
export type PersonRow = Schemas['PersonRowOutput'];
export type People = Schemas['PeopleOutput'];
export type WorkDay = Schemas['WorkDayOutput'];
export type Invitation = Schemas['InvitationOutput'];
export type InvitationShown = Schemas['InvitationShownOutput'];
export type TasksChange = Omit<Schemas['TasksChangeInputRequest'], 'dry_run' | 'parts'> & {
  readonly parts?: number;
  /** Change nothing, and say what would be. */
  readonly dry_run?: boolean;
};
export type TasksChanged = Schemas['TasksChangeOutput'];
export type TaskRule = Omit<Schemas['TasksCreateInputRequest'], 'dry_run'> & { readonly dry_run?: boolean };
export type TasksCreated = Schemas['TasksCreateOutput'];
export type MemberChange = Schemas['PatchedMemberChangeInputRequest'];
export type Role = Schemas['PersonRowOutput']['role'];

export interface TaskPage {
  readonly results: readonly Task[];
  /** The cursor of the next page. */
  readonly next: string | null;
  /** How many there are in all; with the first page only. */
  readonly count: number | null;
}

/** What admins see and do: queues, people, how work goes. All throw an `ApiFailure` when there is no good answer. */
export class DeskApi {
  readonly http: Http;

  constructor(http: Http) {
    this.http = http;
  }

  /** A page of the tasks that an address's query (filters and sort) finds. */
  async tasks(slug: string, query: string, cursor: string | null): Promise<TaskPage> {
    const params = { path: { slug }, query: { ...asQuery(query), page_size: 200, ...cursorOf(cursor) } };
    const page = await bodyOf(this.http.GET('/api/projects/{slug}/tasks', { params }));
    const next = page.next === null ? null : new URLSearchParams(page.next.split('?')[1] ?? '').get('cursor');
    return { results: page.results, next, count: page.count };
  }

  async board(slug: string, query: string): Promise<Board> {
    const params = { path: { slug }, query: asQuery(query) };
    return bodyOf(this.http.GET('/api/projects/{slug}/board', { params }));
  }

  async changeTasks(slug: string, change: TasksChange): Promise<TasksChanged> {
    const body = { parts: 2, dry_run: false, ...change };
    return bodyOf(this.http.POST('/api/projects/{slug}/tasks/change', { params: { path: { slug } }, body }));
  }

  async createTasks(slug: string, rule: TaskRule): Promise<TasksCreated> {
    const body = { dry_run: false, ...rule };
    return bodyOf(this.http.POST('/api/projects/{slug}/tasks', { params: { path: { slug } }, body }));
  }

  async atWork(slug: string): Promise<readonly AtWork[]> {
    return bodyOf(this.http.GET('/api/projects/{slug}/at-work', { params: { path: { slug } } }));
  }

  /** How work goes in a project; null: without tasks. */
  async workflow(slug: string): Promise<Workflow | null> {
    const found = await bodyOf<Workflow | undefined>(
      this.http.GET('/api/projects/{slug}/workflow', { params: { path: { slug } } }),
    );
    return found ?? null;
  }

  async saveWorkflow(slug: string, body: Workflow): Promise<Workflow> {
    return bodyOf(this.http.PUT('/api/projects/{slug}/workflow', { params: { path: { slug } }, body }));
  }

  async people(slug: string): Promise<People> {
    return bodyOf(this.http.GET('/api/projects/{slug}/people', { params: { path: { slug } } }));
  }

  async addMember(slug: string, username: string, role: Role): Promise<People> {
    const body = { username, role };
    return bodyOf(this.http.POST('/api/projects/{slug}/people', { params: { path: { slug } }, body }));
  }

  async changeMember(slug: string, userId: string, body: MemberChange): Promise<People> {
    const params = { path: { slug, user_id: userId } };
    return bodyOf(this.http.PATCH('/api/projects/{slug}/people/{user_id}', { params, body }));
  }

  async removeMember(slug: string, userId: string): Promise<void> {
    const params = { path: { slug, user_id: userId } };
    await bodyOf(this.http.DELETE('/api/projects/{slug}/people/{user_id}', { params }));
  }

  async days(slug: string, days: number): Promise<readonly WorkDay[]> {
    const params = { path: { slug }, query: { days } };
    return bodyOf(this.http.GET('/api/projects/{slug}/work-by-day', { params }));
  }

  async invitations(slug: string): Promise<readonly Invitation[]> {
    return bodyOf(this.http.GET('/api/projects/{slug}/invitations', { params: { path: { slug } } }));
  }

  /** Makes an invitation and returns its text, which nobody is told again. */
  async invite(slug: string, role: Role, note: string, days: number): Promise<string> {
    const body = { role, note, days };
    const params = { path: { slug } };
    return (await bodyOf(this.http.POST('/api/projects/{slug}/invitations', { params, body }))).text;
  }

  async revokeInvitation(slug: string, invitationId: string): Promise<void> {
    const params = { path: { slug, invitation_id: invitationId } };
    await bodyOf(this.http.DELETE('/api/projects/{slug}/invitations/{invitation_id}', { params }));
  }

  async lookAtInvitation(text: string): Promise<InvitationShown> {
    return bodyOf(this.http.POST('/api/invitations/look', { body: { text } }));
  }

  /** Joins with a new account; null: as who is logged in. */
  async acceptInvitation(
    text: string,
    account: { readonly username: string; readonly display_name: string; readonly password: string } | null,
  ): Promise<void> {
    const body = account === null ? { text, display_name: '' } : { text, ...account };
    await bodyOf(this.http.POST('/api/invitations/accept', { body }));
  }
}

/** An address's query as the client wants it: each name with all its values. The server checks what they are. */
function asQuery(query: string): Record<string, never> {
  const found: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) (found[name] ??= []).push(value);
  return found as Record<string, never>;
}

function cursorOf(cursor: string | null): { readonly cursor?: string } {
  return cursor === null ? {} : { cursor };
}
