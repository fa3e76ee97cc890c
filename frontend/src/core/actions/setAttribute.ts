import { diffOf, EMPTY_DIFF, type RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import { isCuboid, type Attributes, type AttributeValue } from '../document/label';
import type { ReadableDocument } from '../document/store';
import { changeKeyframe, withAttributes } from './keyframes';

/** Sets an attribute for the label's whole life, or takes it away (null). */
export function setAttribute(
  document: ReadableDocument,
  labelId: LabelId,
  name: string,
  value: AttributeValue | null,
): RecordsDiff {
  const label = document.get(labelId);
  if (label === undefined) return EMPTY_DIFF;
  return diffOf(label, { ...label, attributes: changed(label.attributes, name, value) });
}

/** Sets an attribute from this time on, until a later keyframe says otherwise; null: takes what this keyframe says away. */
export function setAttributeAt(
  document: ReadableDocument,
  labelId: LabelId,
  timeNs: bigint,
  name: string,
  value: AttributeValue | null,
): RecordsDiff {
  const label = document.get(labelId);
  if (!isCuboid(label)) return EMPTY_DIFF;
  const next = changeKeyframe(label, timeNs, (keyframe) =>
    withAttributes(keyframe, changed(keyframe.attributes ?? {}, name, value)),
  );
  return diffOf(label, next);
}

function changed(attributes: Attributes, name: string, value: AttributeValue | null): Attributes {
  if (value !== null) return { ...attributes, [name]: value };
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => key !== name));
}
