import type { AgreementReport } from '../../../api/agreementApi';

type Attribute = AgreementReport['attributes'][number];

export interface AttributeCell {
  readonly compared: number;
  readonly share: number | null;
}

export interface AttributeRow {
  readonly key: string;
  readonly title: string;
  /** One a column; null: the class never had that attribute where it could be compared. */
  readonly cells: readonly (AttributeCell | null)[];
}

/** Keys of rows that are no class: no class of an ontology is called so. */
export const ALL_CLASSES = '*';
export const DIFFERENT_CLASSES = '';

/** How far people agree on attributes as a table: all classes first, then each, by name. */
export function attributeTable(attributes: readonly Attribute[]): {
  readonly columns: readonly string[];
  readonly rows: readonly AttributeRow[];
} {
  const classes = new Set(attributes.flatMap((one) => one.classes.map((row) => row.class_name)));
  const named = [...classes].filter((name) => name !== DIFFERENT_CLASSES).sort((a, b) => a.localeCompare(b));
  const keys = classes.has(DIFFERENT_CLASSES) ? [...named, DIFFERENT_CLASSES] : named;
  return {
    columns: attributes.map((one) => one.name),
    rows: [
      { key: ALL_CLASSES, title: 'all classes', cells: attributes.map((one) => one) },
      ...keys.map((key) => ({
        key,
        title: key === DIFFERENT_CLASSES ? 'called differently' : key,
        cells: attributes.map((one) => one.classes.find((row) => row.class_name === key) ?? null),
      })),
    ],
  };
}
