import type { Value } from '@ratchet/core';
import { templateError } from './item.js';
import { found, type Method, whole } from './method.js';
import { compare, equals, iterate } from './python.js';

/** Python's methods of `list`. */
export const listMethods = new Map<string, Method<Value[]>>([
  [
    'index',
    (own, args) =>
      found(
        own.findIndex((item) => equals(item, args.need(0, 'value'))),
        'The item',
      ),
  ],
  ['count', (own, args) => own.filter((item) => equals(item, args.need(0, 'value'))).length],
  ['copy', (own) => [...own]],
  [
    'append',
    (own, args) => {
      own.push(args.need(0, 'object'));
      return null;
    },
  ],
  [
    'extend',
    (own, args) => {
      own.push(...iterate(args.need(0, 'iterable')));
      return null;
    },
  ],
  [
    'insert',
    (own, args) => {
      own.splice(whole(args, 0, 'index', 0), 0, args.need(1, 'object'));
      return null;
    },
  ],
  [
    'pop',
    (own, args) => {
      const [item] = own.splice(whole(args, 0, 'index', -1), 1);
      if (item === undefined) throw templateError('There is nothing to pop.');
      return item;
    },
  ],
  [
    'remove',
    (own, args) => {
      own.splice(
        found(
          own.findIndex((item) => equals(item, args.need(0, 'value'))),
          'The item',
        ),
        1,
      );
      return null;
    },
  ],
  [
    'reverse',
    (own) => {
      own.reverse();
      return null;
    },
  ],
  [
    'clear',
    (own) => {
      own.length = 0;
      return null;
    },
  ],
  [
    'sort',
    (own, args) => {
      const reverse = args.get(5, 'reverse') === true;
      own.sort(compare);
      if (reverse) own.reverse();
      return null;
    },
  ],
]);
