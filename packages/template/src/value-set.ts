import { Template, type Value } from '@ratchet/core';
import { equals, isDict, isList, isTuple, toNumber } from './python.js';

/** A key that equal values share; of values with one key few are not equal. */
export const valueKey = (value: Value): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Template) return JSON.stringify(value.text);
  if (value === null) return 'None';
  const number = toNumber(value);
  if (number !== undefined) return String(number === 0 ? 0 : number);
  if (isList(value)) return `${isTuple(value) ? '(' : '['}${value.map(valueKey).join()}]`;
  if (isDict(value)) return `{${[...value].map(([key, item]) => `${valueKey(key)}:${valueKey(item)}`).sort()}}`;
  return '';
};

/** Values under Python's equality, found in the time that a look-up takes. */
export class ValueSet {
  readonly #byKey = new Map<string, Value[]>();

  constructor(values: Iterable<Value> = []) {
    for (const value of values) this.add(value);
  }

  has(value: Value): boolean {
    return this.#byKey.get(valueKey(value))?.some((other) => equals(other, value)) ?? false;
  }

  /** False when an equal value is there already. */
  add(value: Value): boolean {
    const key = valueKey(value);
    const bucket = this.#byKey.get(key) ?? [];
    if (bucket.some((other) => equals(other, value))) return false;
    if (bucket.length === 0) this.#byKey.set(key, bucket);
    bucket.push(value);
    return true;
  }
}
