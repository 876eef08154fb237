import { float, type Value } from '@ratchet/core';
import { templateError } from './item.js';
import { toJson } from './json.js';
import { compare, contains, isDict, isInteger, isList, isNumber, toNumber, typeName } from './python.js';

/** An argument: a value, or `&expression`. */
export type QueryArgument = { readonly value: Value } | { readonly by: (item: Value) => Value };

const argOf = (arg: QueryArgument | undefined): Value => {
  if (arg === undefined || !('value' in arg)) throw templateError('A function of the query lacks an argument.');
  return arg.value;
};
const listOf = (arg: QueryArgument | undefined): readonly Value[] => {
  const value = argOf(arg);
  if (!isList(value)) throw templateError(`A function of the query wants a list, not a ${typeName(value)}.`);
  return value;
};
const textOf = (arg: QueryArgument | undefined): string => {
  const value = argOf(arg);
  if (typeof value !== 'string') throw templateError(`A function of the query wants a text, not a ${typeName(value)}.`);
  return value;
};
const numberOf = (arg: QueryArgument | undefined): number => {
  const value = argOf(arg);
  if (!isNumber(value)) throw templateError(`A function of the query wants a number, not a ${typeName(value)}.`);
  return toNumber(value) ?? 0;
};
const keyOf = (arg: QueryArgument | undefined): ((item: Value) => Value) => {
  if (arg === undefined || !('by' in arg)) throw templateError('A function of the query wants an "&expression".');
  return arg.by;
};
const number = (value: number): Value => (Number.isInteger(value) ? value : float(value));
const json = (value: Value): string =>
  toJson(value, { indent: undefined, sort: false, ascii: true }).replaceAll(', ', ',').replaceAll(': ', ':');

const sorted = (items: readonly Value[], key: (item: Value) => Value): Value[] =>
  [...items].sort((a, b) => compare(key(a), key(b)));
const best = (items: readonly Value[], key: (item: Value) => Value, sign: 1 | -1): Value =>
  items.reduce<Value>(
    (found, item, index) => (index === 0 || compare(key(item), key(found)) * sign > 0 ? item : found),
    null,
  );
const same = (item: Value): Value => item;
const total = (items: readonly Value[]): number => items.reduce<number>((sum, item) => sum + (toNumber(item) ?? 0), 0);

const sizeOf = (value: Value): number => {
  if (typeof value === 'string') return [...value].length;
  if (isList(value)) return value.length;
  if (isDict(value)) return value.size;
  throw templateError(`A ${typeName(value)} has no length.`);
};

const asNumber = (value: Value): Value => {
  if (isNumber(value)) return value;
  if (typeof value !== 'string' || value.trim() === '' || Number.isNaN(Number(value))) return null;
  return /[.eE]/.test(value) ? float(Number(value)) : Number(value);
};

const kindOf = (value: Value): string => {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'boolean';
  if (isList(value)) return 'array';
  if (isDict(value)) return 'object';
  return isNumber(value) ? 'number' : 'string';
};

type QueryFunction = (
  first: QueryArgument | undefined,
  second: QueryArgument | undefined,
  all: readonly QueryArgument[],
) => Value;

const functions: ReadonlyMap<string, QueryFunction> = new Map<string, QueryFunction>([
  ['abs', (a) => number(Math.abs(numberOf(a)))],
  ['avg', (a) => (listOf(a).length === 0 ? null : float(total(listOf(a)) / listOf(a).length))],
  ['ceil', (a) => Math.ceil(numberOf(a))],
  ['floor', (a) => Math.floor(numberOf(a))],
  ['contains', (a, b) => contains(argOf(a), argOf(b))],
  ['starts_with', (a, b) => textOf(a).startsWith(textOf(b))],
  ['ends_with', (a, b) => textOf(a).endsWith(textOf(b))],
  [
    'join',
    (a, b) =>
      listOf(b)
        .map((value) => textOf({ value }))
        .join(textOf(a)),
  ],
  ['keys', (a) => (isDict(argOf(a)) ? [...(argOf(a) as Map<Value, Value>).keys()] : null)],
  ['values', (a) => (isDict(argOf(a)) ? [...(argOf(a) as Map<Value, Value>).values()] : null)],
  ['length', (a) => sizeOf(argOf(a))],
  ['map', (a, b) => listOf(b).map(keyOf(a))],
  ['max', (a) => best(listOf(a), same, 1)],
  ['min', (a) => best(listOf(a), same, -1)],
  ['max_by', (a, b) => best(listOf(a), keyOf(b), 1)],
  ['min_by', (a, b) => best(listOf(a), keyOf(b), -1)],
  ['merge', (_a, _b, all) => new Map(all.flatMap((arg) => [...((argOf(arg) as Map<Value, Value>) ?? [])]))],
  ['not_null', (_a, _b, all) => all.map(argOf).find((value) => value !== null) ?? null],
  ['reverse', (a) => (typeof argOf(a) === 'string' ? [...textOf(a)].reverse().join('') : [...listOf(a)].reverse())],
  ['sort', (a) => sorted(listOf(a), same)],
  ['sort_by', (a, b) => sorted(listOf(a), keyOf(b))],
  ['sum', (a) => (listOf(a).every(isInteger) ? total(listOf(a)) : float(total(listOf(a))))],
  ['to_array', (a) => (isList(argOf(a)) ? argOf(a) : [argOf(a)])],
  ['to_number', (a) => asNumber(argOf(a))],
  ['to_string', (a) => (typeof argOf(a) === 'string' ? argOf(a) : json(argOf(a)))],
  ['type', (a) => kindOf(argOf(a))],
]);

/** Calls one of JMESPath's functions; an unknown name is an error. */
export const callFunction = (name: string, args: readonly QueryArgument[]): Value => {
  const found = functions.get(name);
  if (!found) throw templateError(`The query has no function "${name}".`);
  return found(args[0], args[1], args);
};
