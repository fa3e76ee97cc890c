import { stringify } from 'yaml';

/** A document as YAML, without what is null: the same as left out. */
export function yamlOf(document: unknown): string {
  return stringify(withoutNulls(document), { lineWidth: 100 });
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([name, inner]) => [name, withoutNulls(inner)]),
  );
}
