import type { Value } from '@ratchet/core';
import { entryOf } from './entry.js';
import { templateError } from './item.js';
import type { Method } from './method.js';
import { dictGet, isDict, iterate, tuple } from './python.js';

/** Python's methods of `dict`. */
export const dictMethods = new Map<string, Method<Map<Value, Value>>>([
  ['keys', (own) => [...own.keys()]],
  ['values', (own) => [...own.values()]],
  ['items', (own) => [...own].map((pair) => tuple(pair))],
  [
    'get',
    (own, args) => {
      const otherwise = args.get(1, 'default') ?? null;
      const found = entryOf(own, args.need(0, 'key'));
      return found === undefined ? otherwise : found;
    },
  ],
  ['copy', (own) => new Map(own)],
  [
    'update',
    (own, args) => {
      const other = args.get(0, 'other');
      for (const pair of other === undefined ? [] : isDict(other) ? [...other] : iterate(other).map(iterate))
        own.set(pair[0] as Value, pair[1] as Value);
      for (const [name, value] of args.options()) own.set(name, value as Value);
      return null;
    },
  ],
  [
    'setdefault',
    (own, args) => {
      const key = args.need(0, 'key');
      const found = dictGet(own, key);
      const otherwise = args.get(1, 'default') ?? null;
      const value = found === undefined ? otherwise : found;
      own.set(key, value);
      return value;
    },
  ],
  [
    'pop',
    (own, args) => {
      const key = args.need(0, 'key');
      const found = dictGet(own, key);
      const otherwise = args.get(1, 'default');
      const value = found === undefined ? otherwise : found;
      if (value === undefined) throw templateError('The key to pop is not there.');
      own.delete(key);
      return value;
    },
  ],
  [
    'popitem',
    (own) => {
      const last = [...own].at(-1);
      if (last === undefined) throw templateError('There is nothing to pop.');
      own.delete(last[0]);
      return tuple(last);
    },
  ],
  [
    'clear',
    (own) => {
      own.clear();
      return null;
    },
  ],
]);
