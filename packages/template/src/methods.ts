import { Float, Template, type Value } from '@ratchet/core';
import { Callable } from './item.js';
import type { Method } from './method.js';
import { dictMethods } from './methods-dict.js';
import { listMethods } from './methods-list.js';
import { textMethods } from './methods-text.js';
import { isDict, isList } from './python.js';

const numberMethods = new Map<string, Method<Value>>([
  ['is_integer', (own) => Number.isInteger(own instanceof Float ? own.value : own)],
  [
    'bit_length',
    (own) =>
      own === 0
        ? 0
        : BigInt(own as number)
            .toString(2)
            .replace('-', '').length,
  ],
]);

const MUTATING = new Set([
  'append',
  'extend',
  'insert',
  'pop',
  'remove',
  'reverse',
  'clear',
  'sort',
  'update',
  'setdefault',
  'popitem',
]);

/** Whether a method changes what it is called on. */
export const mutates = (name: string): boolean => MUTATING.has(name);

/** The method of a value by name: a closed table of Python's; `own` gives the value that a changing method may change. */
export const methodOf = (value: Value, name: string, own: (value: Value) => Value): Callable | undefined => {
  const bind = <T>(table: ReadonlyMap<string, Method<T>>): Callable | undefined => {
    const method = table.get(name);
    return method && new Callable(name, (args) => method(own(value) as T, args));
  };
  if (typeof value === 'string') return bind(textMethods);
  if (isDict(value)) return bind(dictMethods);
  if (isList(value)) return bind(listMethods);
  return value === null || value instanceof Template || typeof value === 'boolean' ? undefined : bind(numberMethods);
};
