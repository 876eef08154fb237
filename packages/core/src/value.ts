import type { Position } from './position.js';

/** A Python float that is integral (`2.0`), NaN or infinite; every other float is a JavaScript number with a fraction. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/**
 * A text that a person wrote and that is to be templated. Only these are ever templated: a plain JavaScript string
 * is data (a host's output, `!unsafe`, a password) and is never taken for a template.
 */
export class Template {
  readonly text: string;
  readonly position: Position;
  constructor(text: string, position: Position) {
    this.text = text;
    this.position = position;
  }
}

/** A mapping in the order in which it was written; keys keep their type (`1` is not `'1'`). */
export type Dict = Map<Value, Value>;

/**
 * A value of the language. Numbers: an integral `number` or a `bigint` is a Python int, a `number` with a fraction or a
 * `Float` is a Python float.
 */
export type Value = null | boolean | number | bigint | Float | string | Template | readonly Value[] | Dict;

/** A value as modules and JSON see it. */
export type Plain = null | boolean | number | bigint | string | readonly Plain[] | { readonly [key: string]: Plain };

/** Whether there is a Template in a value, however deep. */
export const holdsTemplate = (value: Value | undefined): boolean => {
  if (value instanceof Template) return true;
  if (Array.isArray(value)) return (value as readonly Value[]).some(holdsTemplate);
  return value instanceof Map && [...value.values()].some(holdsTemplate);
};

/** A Python float from a JavaScript number. */
export const float = (value: number): number | Float =>
  Number.isInteger(value) || !Number.isFinite(value) ? new Float(value) : value;

/** Plain JavaScript data as a language value: objects become dicts; strings stay data, never templates. */
export const fromPlain = (plain: unknown): Value => {
  if (plain === null || plain === undefined) return null;
  if (Array.isArray(plain)) return plain.map(fromPlain);
  if (plain instanceof Map || plain instanceof Float || plain instanceof Template) return plain as Value;
  if (typeof plain === 'object')
    return new Map(Object.entries(plain).map(([key, value]) => [key, fromPlain(value)] as [Value, Value]));
  if (typeof plain === 'function' || typeof plain === 'symbol') return null;
  return plain as Value;
};

const keyText = (key: Value): string => {
  if (key === null) return 'None';
  if (key === true) return 'True';
  if (key === false) return 'False';
  return key instanceof Float ? String(key.value) : String(key);
};

/** A finished value (no Template left in it) as plain data; objects have no prototype, so no key can reach one. */
export const toPlain = (value: Value): Plain => {
  if (value instanceof Float) return value.value;
  if (value instanceof Template) return value.text;
  if (value instanceof Map) {
    const object: Record<string, Plain> = Object.create(null);
    for (const [key, item] of value) object[keyText(key)] = toPlain(item);
    return object;
  }
  if (Array.isArray(value)) return value.map(toPlain);
  return value as Plain;
};
