import { didYouMean, type Value } from '@ratchet/core';
import type { Lookup } from './engine.js';
import { templateError } from './item.js';
import { flat, flatOnce } from './lookup-terms.js';
import { dictGet, isDict, isList, iterate, truthy } from './python.js';
import { str } from './python-text.js';

const SETTINGS = new Set(['start', 'end', 'count', 'stride', 'format']);
const MAX_ITEMS = 100_000;
const SHORT = /^(?:(0x[0-9a-fA-F]+|\d+)-)?(0x[0-9a-fA-F]+|\d+)(?:\/(0x[0-9a-fA-F]+|\d+))?(?::(.+))?$/;

/** The settings of a sequence: `start=1 end=4`, or the short `1-4/2:host%02d`. */
const sequenceSettings = (text: string): Map<string, Value> => {
  const short = SHORT.exec(text.trim());
  if (short) {
    const entries = [
      ['start', short[1]],
      ['end', short[2]],
      ['stride', short[3]],
      ['format', short[4]],
    ] as const;
    return new Map(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  }
  const settings = new Map([...text.matchAll(/(\w+)=(\S+)/g)].map((pair) => [pair[1] as string, pair[2] as string]));
  for (const name of settings.keys())
    if (!SETTINGS.has(name))
      throw templateError(
        `A sequence has no "${name}".`,
        didYouMean(name, [...SETTINGS]) ?? 'Give start, end or count, stride, format.',
      );
  return settings;
};

const sequence: Lookup = (terms, options) => {
  const settings = new Map([...options, ...sequenceSettings(terms.map(str).join(' '))]);
  const number = (name: string, otherwise: number): number => {
    const found = Number(settings.get(name) ?? otherwise);
    if (!Number.isInteger(found) && settings.has(name))
      throw templateError(`The ${name} of a sequence must be a whole number, not "${str(settings.get(name) ?? '')}".`);
    return found;
  };
  if (settings.has('count') && settings.has('end'))
    throw templateError('A sequence takes an end or a count, not both.');
  const start = number('start', 1);
  const stride = number('stride', 1);
  if (settings.has('count') && number('count', 0) === 0) return [];
  const end = settings.has('count') ? start + (number('count', 0) - 1) * stride : number('end', Number.NaN);
  if (Number.isNaN(end)) throw templateError('A sequence needs an end or a count.');
  if ((stride > 0 && end < start) || (stride < 0 && end > start))
    throw templateError('The sequence goes the other way than its stride.', 'Give a stride such as -1 to count down.');
  const count = stride === 0 ? 0 : Math.floor((end - start) / stride) + 1;
  if (!Number.isFinite(count) || count > MAX_ITEMS) throw templateError('The sequence is too long.');
  const format = settings.get('format');
  return Array.from({ length: count }, (_, index) => {
    const value = start + index * stride;
    return typeof format === 'string'
      ? format.replace(/%0?(\d*)([dxosiu])/, (_all, width, kind) =>
          value.toString(kind === 'x' ? 16 : kind === 'o' ? 8 : 10).padStart(Number(width), '0'),
        )
      : String(value);
  });
};

const subelements: Lookup = (terms) => {
  const [list, path, flags] = terms;
  const skip = flags !== undefined && isDict(flags) && truthy(flags.get('skip_missing') ?? false);
  const keys = str(path ?? '').split('.');
  const items = isDict(list ?? null) ? [...(list as Map<Value, Value>).values()] : iterate(list ?? null);
  return items.flatMap((item) => {
    const inner = keys.reduce<Value | undefined>(
      (owner, key) => (isDict(owner) ? dictGet(owner, key) : undefined),
      item,
    );
    if (inner === undefined && skip) return [];
    if (!isList(inner)) throw templateError(`There is no list under "${str(path ?? '')}".`);
    const first = keys.length === 1 && isDict(item) ? new Map([...item].filter(([key]) => key !== keys[0])) : item;
    return inner.map((one): Value => [first, one]);
  });
};

const nested = (terms: readonly Value[]): readonly Value[] => {
  const lists = terms.map((term) => (isList(term) ? term : [term]));
  if (lists.reduce((size, list) => size * list.length, 1) > MAX_ITEMS)
    throw templateError('The lists come to too many combinations.');
  return lists.reduce<Value[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]]);
};

const dictItems: Lookup = (terms) =>
  flatOnce(terms).flatMap((term) => {
    if (!isDict(term)) throw templateError('The lookup "dict" wants a dict.');
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
  if (lists.length === 0) throw templateError('together needs one list at least.');
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
