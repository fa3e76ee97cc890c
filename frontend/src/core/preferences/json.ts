import { sameJson } from '../document/freeze';

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What comes out when two people (or tabs) changed the same value apart: each one's changes to `base` are in it, and
 * where both changed the same thing, `mine` wins. Objects are merged name by name, everything else is one thing.
 * Undefined means: not there.
 */
export function merge(
  base: Json | undefined,
  mine: Json | undefined,
  theirs: Json | undefined,
): Json | undefined {
  if (sameJson(mine, base)) return theirs;
  if (sameJson(theirs, base)) return mine;
  if (!isJsonObject(mine) || !isJsonObject(theirs)) return mine;
  return mergeObjects(isJsonObject(base) ? base : {}, mine, theirs);
}

export function mergeObjects(base: JsonObject, mine: JsonObject, theirs: JsonObject): JsonObject {
  const names = new Set([...Object.keys(mine), ...Object.keys(theirs)]);
  const merged: Record<string, Json> = {};
  for (const name of names) {
    const value = merge(base[name], mine[name], theirs[name]);
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

/** What was kept, where it is of the kind that the default is; else the default. Names without a default are left out. */
export function withDefaults<T extends object>(defaults: T, kept: unknown): T {
  if (!isJsonObject(kept)) return defaults;
  const entries = Object.entries(defaults).map(([name, value]: [string, unknown]) => {
    const found = kept[name];
    if (Array.isArray(value)) return [name, Array.isArray(found) ? found : value];
    if (typeof value === 'object' && value !== null) return [name, withDefaults(value, found)];
    return [name, typeof found === typeof value ? found : value];
  });
  return Object.fromEntries(entries) as T; // Entry by entry of the kind that the default is.
}
