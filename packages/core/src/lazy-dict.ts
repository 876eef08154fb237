import { Template, type Value } from './value.js';

/** How a value of a LazyDict is wanted: by its key, or along with all others. */
export type Wanted = 'asked' | 'listed';

/**
 * A dict whose values are made when they are asked for (`hostvars`). It is not templated as a whole: `make` gives values as they stand, but
 * for a Template that is asked for by its key; a listed value must hold none.
 */
export class LazyDict extends Map<Value, Value> {
  readonly #make: (key: string, wanted: Wanted) => Value;
  constructor(keys: Iterable<string>, make: (key: string, wanted: Wanted) => Value) {
    super([...keys].map((key) => [key, null] as [Value, Value]));
    this.#make = make;
  }

  override get(key: Value): Value | undefined {
    return typeof key === 'string' && this.has(key) ? this.#make(key, 'asked') : undefined;
  }

  override *entries(): MapIterator<[Value, Value]> {
    for (const key of this.keys()) yield [key, this.#make(key as string, 'listed')];
  }

  override [Symbol.iterator](): MapIterator<[Value, Value]> {
    return this.entries();
  }

  override *values(): MapIterator<Value> {
    for (const [, value] of this.entries()) yield value;
  }

  override forEach(callback: (value: Value, key: Value, map: Map<Value, Value>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }
}

/** A value of variables as they are written: templated where it is used if it is asked for, and its text, as in Ansible, if all are listed. */
export const asWanted = (value: Value, wanted: Wanted): Value =>
  wanted === 'asked' ? value : withTemplateTexts(value);

/** A value with the text in the place of each Template: what nobody templates any more. */
const withTemplateTexts = (value: Value): Value => {
  if (value instanceof Template) return value.text;
  if (Array.isArray(value)) return value.map(withTemplateTexts);
  if (value instanceof LazyDict || !(value instanceof Map)) return value;
  return new Map([...value].map(([key, item]) => [key, withTemplateTexts(item)]));
};
