/** Names a label within its label set; a UUID where we make it. */
export type LabelId = string & { readonly __labelId: never };

export function labelId(id: string): LabelId {
  return id as LabelId;
}
