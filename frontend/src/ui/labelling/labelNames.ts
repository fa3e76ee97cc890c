import type { Label } from '../../core/document/label';

/** The end of an id: enough to tell labels of one class apart, and the same for everybody. */
export function shortId(id: string): string {
  return id.length <= 5 ? id : id.slice(-4);
}

/** A label's name on the screen: "Car 4f2a". */
export function labelName(label: Label, titleOf: (className: string) => string): string {
  return `${titleOf(label.class)} ${shortId(label.id)}`;
}
