import { LazyDict, type Value } from '@ratchet/core';
import { isDict, isList, likewise } from './python.js';

/** A value with plain dicts in the place of those whose values are made when they are asked for. */
export const made = (value: Value): Value => {
  if (isList(value)) {
    const items = value.map(made);
    return items.every((item, index) => item === value[index]) ? value : likewise(value, items);
  }
  if (!isDict(value)) return value;
  const entries = [...value].map(([key, item]) => ({ key, item, made: made(item) }));
  const asIs = !(value instanceof LazyDict) && entries.every((entry) => entry.made === entry.item);
  return asIs ? value : new Map(entries.map((entry) => [entry.key, entry.made] as [Value, Value]));
};
