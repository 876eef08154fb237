import type { Value } from '@ratchet/core';
import { templateError } from './item.js';
import { callFunction } from './jmespath-functions.js';
import { parseQuery, type Query } from './jmespath-parser.js';
import { compare, equals, isDict, isList, isNumber } from './python.js';
import { sliceOf } from './slice.js';

/** JMESPath's truth: false, null and what is empty are false; 0 is true. */
const holds = (value: Value): boolean => {
  if (value === null || value === false || value === '') return false;
  if (isList(value)) return value.length > 0;
  return !isDict(value) || value.size > 0;
};

const member = (value: Value, name: string): Value => (isDict(value) ? (value.get(name) ?? null) : null);

const compared = (operator: string, left: Value, right: Value): Value => {
  if (operator === '==') return equals(left, right);
  if (operator === '!=') return !equals(left, right);
  if (!isNumber(left) || !isNumber(right)) return null;
  const order = compare(left, right);
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
};

const present = (items: readonly Value[]): Value[] => items.filter((item) => item !== null);

const evaluate = (query: Query, value: Value, step: () => void): Value => {
  step();
  const at = (inner: Query, on: Value = value): Value => evaluate(inner, on, step);
  const projected = (items: readonly Value[], next: Query): Value => present(items.map((item) => at(next, item)));
  switch (query.kind) {
    case 'current':
      return value;
    case 'field':
      return member(value, query.name);
    case 'literal':
      return query.value;
    case 'index': {
      const list = at(query.of);
      return isList(list) ? (list.at(query.index) ?? null) : null;
    }
    case 'slice': {
      const list = at(query.of);
      return isList(list)
        ? sliceOf(
            list,
            query.bounds.map((bound) => bound ?? null),
          )
        : null;
    }
    case 'chain':
    case 'pipe': {
      const left = at(query.left);
      return left === null && query.kind === 'chain' ? null : at(query.right, left);
    }
    case 'or': {
      const left = at(query.left);
      return holds(left) ? left : at(query.right);
    }
    case 'and': {
      const left = at(query.left);
      return holds(left) ? at(query.right) : left;
    }
    case 'not':
      return !holds(at(query.of));
    case 'flatten': {
      const list = at(query.of);
      return isList(list) ? list.flatMap((item) => (isList(item) ? [...item] : [item])) : null;
    }
    case 'each': {
      const list = at(query.of);
      return isList(list) ? projected(list, query.next) : null;
    }
    case 'values': {
      const dict = at(query.of);
      return isDict(dict) ? projected([...dict.values()], query.next) : null;
    }
    case 'where': {
      const list = at(query.of);
      if (!isList(list)) return null;
      return projected(
        list.filter((item) => holds(at(query.test, item))),
        query.next,
      );
    }
    case 'compare':
      return compared(query.operator, at(query.left), at(query.right));
    case 'list':
      return value === null ? null : query.items.map((item) => at(item));
    case 'hash':
      return value === null ? null : new Map(query.entries.map(([name, item]) => [name, at(item)] as [Value, Value]));
    case 'call':
      return callFunction(
        query.name,
        query.args.map((arg) =>
          arg.kind === 'reference' ? { by: (item: Value) => at(arg.of, item) } : { value: at(arg) },
        ),
      );
    case 'reference':
      throw templateError('A query may use "&" only in the arguments of a function.');
  }
};

/** What a JMESPath query finds in a value; `step` is told of every step. */
export const searchValue = (text: string, value: Value, step: () => void): Value =>
  evaluate(parseQuery(text), value, step);
