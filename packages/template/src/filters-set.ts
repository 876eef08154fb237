import type { Value } from '@ratchet/core';
import { type Filter, numberArg, ofList } from './filter.js';
import { unique } from './filters-list.js';
import { type Args, templateError } from './item.js';
import { contains, isList, iterate, tuple } from './python.js';
import { ValueSet } from './value-set.js';

const MAX_ITEMS = 1_000_000;
const same = (item: Value): Value => item;

const zip = (lists: readonly (readonly Value[])[], length: number, fill: Value): Value[] =>
  Array.from({ length }, (_, index) =>
    tuple(lists.map((list) => (index < list.length ? (list[index] as Value) : fill))),
  );

const product = (lists: readonly (readonly Value[])[]): Value[] => {
  if (lists.reduce((size, list) => size * list.length, 1) > MAX_ITEMS)
    throw templateError('The product has too many items.');
  return lists
    .reduce<Value[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]])
    .map((row) => tuple(row));
};

/** Whether an item is in a container, as Python's `in`; of a long list without walking over it each time. */
const memberTest = (container: Value): ((item: Value) => boolean) => {
  if (!isList(container)) return (item) => contains(container, item);
  const members = new ValueSet(container);
  return (item) => members.has(item);
};

const countArg = (args: Args, otherwise: number): number => {
  const count = numberArg(args, 0, 'r', otherwise);
  if (count < 0 || !Number.isInteger(count)) throw templateError('r must be non-negative, a whole number.');
  return count;
};

const combinations = (items: readonly Value[], size: number, from = 0): Value[][] =>
  size === 0
    ? [[]]
    : items
        .slice(from)
        .flatMap((item, index) => combinations(items, size - 1, from + index + 1).map((rest) => [item, ...rest]));

const permutations = (items: readonly Value[], size: number): Value[][] =>
  size === 0
    ? [[]]
    : items.flatMap((item, index) =>
        permutations([...items.slice(0, index), ...items.slice(index + 1)], size - 1).map((rest) => [item, ...rest]),
      );

/** Filters that take lists as sets, or combine them. */
export const setFilters: readonly (readonly [string, Filter])[] = [
  ['union', ofList((items, args) => unique([...items, ...iterate(args.need(0, 'b'))], same))],
  [
    'intersect',
    ofList((items, args) => {
      const isTheirs = memberTest(args.need(0, 'b'));
      return unique(items.filter(isTheirs), same);
    }),
  ],
  [
    'difference',
    ofList((items, args) => {
      const isTheirs = memberTest(args.need(0, 'b'));
      return unique(
        items.filter((item) => !isTheirs(item)),
        same,
      );
    }),
  ],
  [
    'symmetric_difference',
    ofList((items, args) => {
      const theirs = iterate(args.need(0, 'b'));
      const [mine, other] = [new ValueSet(items), new ValueSet(theirs)];
      return unique([...items.filter((item) => !other.has(item)), ...theirs.filter((item) => !mine.has(item))], same);
    }),
  ],
  [
    'zip',
    ofList((items, args) => {
      const lists = [items, ...args.rest(0).map(iterate)];
      return zip(lists, Math.min(...lists.map((list) => list.length)), null);
    }),
  ],
  [
    'zip_longest',
    ofList((items, args) => {
      const lists = [items, ...args.rest(0).map(iterate)];
      return zip(lists, Math.max(...lists.map((list) => list.length)), args.get(99, 'fillvalue') ?? null);
    }),
  ],
  [
    'product',
    ofList((items, args) => {
      const repeat = numberArg(args, 99, 'repeat', 1);
      const lists = [items, ...args.rest(0).map(iterate)];
      return product(Array.from({ length: Math.min(20, repeat) }, () => lists).flat());
    }),
  ],
  [
    'combinations',
    ofList((items, args) => {
      if (items.length > 20) throw templateError('There are too many combinations.');
      return combinations(items, countArg(args, 2)).map((row) => tuple(row));
    }),
  ],
  [
    'permutations',
    ofList((items, args) => {
      const size = Math.min(items.length + 1, countArg(args, items.length));
      const count = Array.from({ length: size }, (_, index) => items.length - index).reduce((all, one) => all * one, 1);
      if (count > MAX_ITEMS) throw templateError('There are too many permutations.');
      return permutations(items, size).map((row) => tuple(row));
    }),
  ],
];
