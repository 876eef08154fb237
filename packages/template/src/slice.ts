import type { Value } from '@ratchet/core';
import { templateError } from './item.js';
import { isInteger, isList, typeName } from './python.js';

/** Python's `value[start:stop:step]` of a list or a text. */
export const sliceOf = (value: Value, bounds: readonly Value[]): Value => {
  if (typeof value !== 'string' && !isList(value)) throw templateError(`A ${typeName(value)} cannot be sliced.`);
  const [start, stop, step] = bounds.map((bound) => {
    if (bound === null) return undefined;
    if (!isInteger(bound)) throw templateError('The bounds of a slice are whole numbers.');
    return Number(bound);
  });
  const items: readonly Value[] = typeof value === 'string' ? [...value] : value;
  const picked = pick(items, start, stop, step ?? 1);
  return typeof value === 'string' ? picked.join('') : picked;
};

const pick = (items: readonly Value[], start: number | undefined, stop: number | undefined, step: number): Value[] => {
  if (step === 0) throw templateError('The step of a slice cannot be 0.');
  const size = items.length;
  const low = step > 0 ? 0 : -1;
  const high = step > 0 ? size : size - 1;
  const bound = (at: number | undefined, otherwise: number): number =>
    at === undefined ? otherwise : Math.min(high, Math.max(low, at < 0 ? at + size : at));
  const from = bound(start, step > 0 ? low : high);
  const to = bound(stop, step > 0 ? high : low);
  const picked: Value[] = [];
  for (let at = from; step > 0 ? at < to : at > to; at += step) picked.push(items[at] as Value);
  return picked;
};
