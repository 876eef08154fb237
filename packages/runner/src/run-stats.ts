import { type Dict, fromPlain, type Value } from '@ratchet/core';

const isDict = (value: Value | undefined): value is Dict => value instanceof Map;
const isNumber = (value: Value | undefined): value is number => typeof value === 'number';

// As set_stats does: numbers are added up, lists and texts joined, mappings merged; values of two kinds replace each other.
const added = (known: Value | undefined, value: Value): Value => {
  if (isDict(known) && isDict(value)) return new Map([...known, ...value]);
  if (Array.isArray(known) && Array.isArray(value)) return [...known, ...value];
  if (isNumber(known) && isNumber(value)) return known + value;
  return typeof known === 'string' && typeof value === 'string' ? known + value : value;
};

/** Values that `set_stats` gathers: by host, or under `_run`. */
export type RunStats = Map<string, Dict>;

/** Takes in what one `set_stats` said on a host. */
export const addStats = (
  stats: RunStats,
  host: string,
  given: { readonly data: Readonly<Record<string, unknown>>; readonly perHost: boolean; readonly aggregate: boolean },
): void => {
  const key = given.perHost ? host : '_run';
  const known = stats.get(key) ?? new Map<Value, Value>();
  for (const [name, plain] of Object.entries(given.data)) {
    const value = fromPlain(plain);
    known.set(name, given.aggregate ? added(known.get(name), value) : value);
  }
  stats.set(key, known);
};
