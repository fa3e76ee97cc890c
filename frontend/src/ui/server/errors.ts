import { ApiFailure } from '../../api/failure';

/** True where asking again may help: the network, or a server in trouble. */
export function isRetryable(error: unknown): boolean {
  return error instanceof ApiFailure && error.isTemporary;
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiFailure && error.isSignedOut;
}

/** The sentence to show for an error of any kind. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
