import { type Dict, Float, Template, type Value } from '@ratchet/core';
import { defined, templateError } from './item.js';

/** Python's name for the type of a value. */
export const typeName = (value: Value): string => {
  if (value === null) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (value instanceof Float) return 'float';
  if (typeof value === 'string' || value instanceof Template) return 'str';
  return value instanceof Map ? 'dict' : 'list';
};

export const isDict = (value: unknown): value is Dict => value instanceof Map;
export const isList = (value: unknown): value is readonly Value[] => Array.isArray(value);
export const isNumber = (value: unknown): value is number | bigint | Float =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof Float;
export const isInteger = (value: unknown): value is number | bigint =>
  typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));

const tuples = new WeakSet<object>();

/** A list that Python would hold as a tuple: it is written with parentheses and equals no list. */
export const tuple = (items: readonly Value[]): readonly Value[] => {
  const made = [...items];
  tuples.add(made);
  return made;
};
export const isTuple = (value: Value): boolean => isList(value) && tuples.has(value);

/** A changed copy of a list, a tuple where the original is one. */
export const likewise = (original: readonly Value[], copy: readonly Value[]): readonly Value[] =>
  isTuple(original) ? tuple(copy) : copy;

/** Python's truth of a value. */
export const truthy = (value: Value): boolean => {
  if (value === null || value === false || value === '' || value === 0 || value === 0n) return false;
  if (value instanceof Float) return value.value !== 0;
  if (isDict(value)) return value.size > 0;
  return isList(value) ? value.length > 0 : true;
};

/** The number behind a number or a boolean, as a JavaScript number. */
export const toNumber = (value: Value): number | undefined => {
  if (typeof value === 'boolean') return Number(value);
  if (value instanceof Float) return value.value;
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
};

const wide = (value: Value): bigint | undefined => (typeof value === 'bigint' ? value : undefined);

const numbersEqual = (a: Value, b: Value): boolean => {
  if (wide(a) !== undefined && wide(b) !== undefined) return a === b;
  return toNumber(a) === toNumber(b);
};

/** Python's `==`: lists and dicts by content, `1 == 1.0 == True`, never across text and number. */
export const equals = (a: Value, b: Value): boolean => {
  if (a === b) return !(typeof a === 'number' && Number.isNaN(a));
  if (toNumber(a) !== undefined && toNumber(b) !== undefined) return numbersEqual(a, b);
  if (isList(a) && isList(b) && isTuple(a) !== isTuple(b)) return false;
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, index) => equals(item, b[index] as Value));
  if (isDict(a) && isDict(b)) {
    if (a.size !== b.size) return false;
    for (const [key, item] of a) {
      const other = dictGet(b, key);
      if (other === undefined || !equals(item, other)) return false;
    }
    return true;
  }
  return false;
};

/** The entry of a dict under Python's equality of keys (`1`, `1.0` and `True` are one key). */
export const dictGet = (dict: Dict, key: Value): Value | undefined => {
  const direct = dict.get(key);
  if (direct !== undefined || typeof key === 'string' || key === null) return direct;
  if (typeof key === 'object' && !(key instanceof Float)) throw templateError(`A ${typeName(key)} cannot be a key.`);
  for (const [other, item] of dict) if (equals(other, key)) return item;
  return undefined;
};

// Units of a pair stand for code points above all others.
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** Python's order of texts. */
export const byCodePoint = (a: string, b: string): number => {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
};

/** Python's order: numbers, texts, lists; anything else is an error. */
export const compare = (a: Value, b: Value): number => {
  const left = toNumber(a);
  const right = toNumber(b);
  if (left !== undefined && right !== undefined) {
    if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
    return left - right;
  }
  if (typeof a === 'string' && typeof b === 'string') return byCodePoint(a, b);
  if (isList(a) && isList(b)) {
    for (let at = 0; at < Math.min(a.length, b.length); at++) {
      if (!equals(a[at] as Value, b[at] as Value)) return compare(a[at] as Value, b[at] as Value);
    }
    return a.length - b.length;
  }
  throw templateError(
    `A ${typeName(a)} and a ${typeName(b)} have no order: '<' not supported between instances of '${typeName(a)}' and '${typeName(b)}'.`,
  );
};

/** Python's `x in y`. */
export const contains = (container: Value, item: Value): boolean => {
  if (typeof container === 'string') {
    if (typeof item !== 'string') throw templateError(`A ${typeName(item)} cannot be searched for in a text.`);
    return container.includes(item);
  }
  // What is undefined in a list is an error for whoever comes to it.
  if (isList(container)) return container.some((other) => equals(defined(other), item));
  if (isDict(container)) return container.has(item) || dictGet(container, item) !== undefined;
  throw templateError(
    `Nothing is in a ${typeName(container)}: argument of type '${typeName(container)}' is not iterable.`,
  );
};

/** Items of a value as a `for` sees them: a dict's keys, a text's characters. */
export const iterate = (value: Value): readonly Value[] => {
  if (isList(value)) return value;
  if (isDict(value)) return [...value.keys()];
  if (typeof value === 'string') return [...value];
  throw templateError(`'${typeName(value)}' object is not iterable: a list, a dict or a text is needed here.`);
};
