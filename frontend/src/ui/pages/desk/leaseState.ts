/** Whether somebody who has a task is at it. */
export type LeaseState = 'working' | 'quiet' | 'paused';

/** The page says every half minute that it is there; who is silent for longer has gone, or lost the network. */
const QUIET_AFTER_MS = 120_000;

export function leaseStateOf(
  lease: { readonly heard_at: string; readonly expires_at: string | null },
  now_ms: number,
): LeaseState {
  if (lease.expires_at === null) return 'paused';
  return now_ms - Date.parse(lease.heard_at) > QUIET_AFTER_MS ? 'quiet' : 'working';
}
