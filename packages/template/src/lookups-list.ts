import type { Value } from '@ratchet/core';
import type { Lookup } from './engine.js';
import { templateError } from './item.js';
import { sequence } from './lookup-sequence.js';
import { subelements } from './lookup-subelements.js';
import { flat, flatOnce } from './lookup-terms.js';
import { isDict, isList, iterate, typeName } from './python.js';

const MAX_ITEMS = 100_000;

const nested = (terms: readonly Value[]): readonly Value[] => {
  if (terms.length === 0)
    throw templateError('with_nested requires at least one element in the nested list', 'Give one list at least.');
  const lists = terms.map((term) => (isList(term) ? term : [term]));
  if (lists.reduce((size, list) => size * list.length, 1) > MAX_ITEMS)
    throw templateError('The lists come to too many combinations.');
  return lists.reduce<Value[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]]);
};

const dictItems: Lookup = (terms) =>
  flatOnce(terms).flatMap((term) => {
    if (!isDict(term))
      throw templateError(
        `with_dict expects a dict, not a ${typeName(term)}.`,
        'Give a mapping; loop over a list with `loop`.',
      );
    return [...term].map(
      ([key, value]): Value =>
        new Map<Value, Value>([
          ['key', key],
          ['value', value],
        ]),
    );
  });

const together: Lookup = (terms) => {
  const lists = terms.map(iterate);
  if (lists.length === 0)
    throw templateError('with_together requires at least one element in each list', 'Give one list at least.');
  return Array.from({ length: Math.max(0, ...lists.map((list) => list.length)) }, (_, index) =>
    lists.map((list) => list[index] ?? null),
  );
};

/** Lookups that make lists of lists: what `with_…` loops over. */
export const listLookups: readonly (readonly [string, Lookup])[] = [
  ['items', flatOnce],
  ['list', (terms) => [...terms]],
  ['flattened', flat],
  ['indexed_items', (terms) => flatOnce(terms).map((item, index) => [index, item])],
  ['dict', dictItems],
  ['sequence', sequence],
  ['subelements', subelements],
  ['together', together],
  ['nested', nested],
  ['cartesian', nested],
  [
    'random_choice',
    (terms, _options, engine) => {
      const picked = terms[Math.floor(engine.random(undefined) * terms.length)];
      return picked === undefined ? [] : [picked];
    },
  ],
];
