import { diffOfAll, type RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import type { ReadableDocument } from '../document/store';

export function deleteLabels(document: ReadableDocument, labelIds: readonly LabelId[]): RecordsDiff {
  return diffOfAll(labelIds.map((id) => [document.get(id), undefined] as const));
}
