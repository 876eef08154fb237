import type { Value } from '@ratchet/core';
import type { Engine } from './engine.js';
import { type Filter, flagArg, numberArg, ofList, ofValue, textArg } from './filter.js';
import { Args, asPart, defined, type Item, templateError, Undefined } from './item.js';
import { member } from './member.js';
import { compare, isDict, isInteger, isList, iterate, truthy, tuple, typeName } from './python.js';
import { str } from './python-text.js';
import { ValueSet, valueKey } from './value-set.js';

const folded = (value: Value): Value => (typeof value === 'string' ? value.toLowerCase() : value);

const keyOf = (args: Args, index: number): ((item: Value) => Value) => {
  const path = args.get(index, 'attribute');
  if (path === undefined || path === null) return (item) => item;
  return (item) => defined(member(item, path));
};

const picked = (byAttribute: boolean, keep: boolean): Filter =>
  ofList((items, args, engine) => {
    const path = byAttribute ? args.need(0, 'attribute') : undefined;
    const from = byAttribute ? 1 : 0;
    const name = args.get(from, 'test');
    const rest = args.rest(from + 1);
    const named = args.options();
    return items.filter((item) => {
      engine.step();
      const subject = path === undefined ? item : member(item, path);
      const holds =
        name === undefined ? truthy(defined(subject)) : engine.test(str(name), subject, new Args(rest, named));
      return holds === keep;
    });
  });

// What is undefined may stand in the list that comes out: `select('defined')` or `default` is to look at it.
const map = ofList((items, args, engine) => {
  const path = args.named.has('attribute') ? args.get(99, 'attribute') : undefined;
  if (path !== undefined) {
    const otherwise = args.get(99, 'default');
    return items.map((item) => {
      const found = item instanceof Undefined ? item : member(item, path);
      if (!(found instanceof Undefined)) return found as Value;
      return otherwise === undefined ? asPart(found) : otherwise;
    });
  }
  const name = str(args.need(0, 'filter'));
  const rest = args.rest(1);
  const named = args.options();
  return items.map((item) => {
    engine.step();
    const made = engine.filter(name, item, new Args(rest, named));
    return made instanceof Undefined ? asPart(made) : engine.finish(made);
  });
});

/** The items of which none before is equal. */
export const unique = (items: readonly Value[], key: (item: Value) => Value): Value[] => {
  const seen = new ValueSet();
  return items.filter((item) => seen.add(key(item)));
};

const sort = ofValue((value, args) => {
  const reverse = flagArg(args, 0, 'reverse');
  const sensitive = flagArg(args, 1, 'case_sensitive');
  const attribute = args.get(2, 'attribute');
  const paths =
    attribute === undefined || attribute === null ? [] : isInteger(attribute) ? [attribute] : str(attribute).split(',');
  const keys = iterate(value).map((item) => {
    const parts = paths.length === 0 ? [defined(item)] : paths.map((path) => defined(member(item, path)));
    return { item, key: sensitive ? parts : parts.map(folded) };
  });
  keys.sort((a, b) => (reverse ? compare(b.key, a.key) : compare(a.key, b.key)));
  return keys.map(({ item }) => item);
});

const flatten = (items: readonly Value[], levels: number, skipNulls: boolean): Value[] =>
  items.flatMap((item) => {
    if (item === null || item === 'None' || item === 'null') return skipNulls ? [] : [item];
    return isList(item) ? (levels === 0 ? [item] : flatten(item, levels - 1, skipNulls)) : [item];
  });

const groupBy = ofList((items, args) => {
  const path = args.need(0, 'attribute');
  const otherwise = args.get(1, 'default');
  const groups = new Map<string, { readonly key: Value; readonly items: Value[] }>();
  for (const item of items) {
    const found = member(item, path);
    const key = found instanceof Undefined && otherwise !== undefined ? otherwise : defined(found);
    const id = valueKey(folded(key));
    const group = groups.get(id);
    if (group) group.items.push(item);
    else groups.set(id, { key, items: [item] });
  }
  return [...groups.values()]
    .sort((a, b) => compare(folded(a.key), folded(b.key)))
    .map((group) => tuple([group.key, group.items]));
});

const batch = ofList((items, args, engine) => {
  const size = Math.max(1, Math.trunc(numberArg(args, 0, 'linecount', 1)));
  const fill = args.get(1, 'fill_with');
  if (fill !== undefined && fill !== null) engine.checkSize(size);
  const rows = Array.from({ length: Math.ceil(items.length / size) }, (_, row) =>
    items.slice(row * size, (row + 1) * size),
  );
  return fill === undefined || fill === null
    ? rows
    : rows.map((row) => [...row, ...Array<Value>(size - row.length).fill(fill)]);
});

const slice = ofList((items, args) => {
  const count = Math.min(10_000, Math.max(1, numberArg(args, 0, 'slices', 1)));
  const fill = args.get(1, 'fill_with');
  const each = Math.floor(items.length / count);
  const longer = items.length % count;
  return Array.from({ length: count }, (_, index) => {
    const start = index * each + Math.min(index, longer);
    const part = items.slice(start, start + each + (index < longer ? 1 : 0));
    return fill !== undefined && index >= longer && longer > 0 ? [...part, fill] : part;
  });
});

const first = (items: readonly Value[], item: Value | undefined, engine: Engine): Item =>
  items.length === 0 ? engine.undefinedMember('first or last item of an empty list') : (item as Value);

const extreme = (sign: 1 | -1): Filter =>
  ofList((items, args, engine) => {
    const sensitive = flagArg(args, 0, 'case_sensitive');
    const key = keyOf(args, 1);
    const ranked = (item: Value): Value => (sensitive ? key(item) : folded(key(item)));
    return first(
      items,
      items
        .slice(1)
        .reduce((best, item) => (compare(ranked(item), ranked(best)) * sign > 0 ? item : best), items[0] as Value),
      engine,
    );
  });

const length = ofValue((value) => {
  if (typeof value === 'string') return [...value].length;
  if (isDict(value)) return value.size;
  if (isList(value)) return value.length;
  throw templateError(`A ${typeName(value)} has no length: object of type '${typeName(value)}' has no len().`);
});

/** Filters of lists. */
export const listFilters: readonly (readonly [string, Filter])[] = [
  ['length', length],
  ['count', length],
  ['list', ofList((items) => [...items])],
  [
    'join',
    ofList((items, args) => {
      const separator = textArg(args, 0, 'd', '');
      const key = keyOf(args, 1);
      return items.map((item) => str(key(item))).join(separator);
    }),
  ],
  ['first', ofList((items, _args, engine) => first(items, items[0], engine))],
  ['last', ofList((items, _args, engine) => first(items, items.at(-1), engine))],
  [
    'reverse',
    ofValue((value) => (typeof value === 'string' ? [...value].reverse().join('') : [...iterate(value)].reverse())),
  ],
  ['select', picked(false, true)],
  ['reject', picked(false, false)],
  ['selectattr', picked(true, true)],
  ['rejectattr', picked(true, false)],
  ['map', map],
  ['sort', sort],
  [
    'unique',
    ofList((items, args) => {
      const sensitive = flagArg(args, 0, 'case_sensitive');
      const key = keyOf(args, 1);
      // Ansible compares lists and dicts only where nothing says how.
      const asked = args.get(0, 'case_sensitive') === false || (args.get(1, 'attribute') ?? null) !== null;
      const found = items.map((item) => key(item));
      if (asked && found.some((one) => isList(one) || isDict(one)))
        throw templateError(
          'unique takes case_sensitive=false and attribute for texts and numbers; for lists and dicts it cannot fall back on them.',
        );
      return unique(items, (item) => (sensitive ? key(item) : folded(key(item))));
    }),
  ],
  [
    'flatten',
    ofValue((value, args) =>
      flatten(iterate(value), numberArg(args, 0, 'levels', -1), flagArg(args, 1, 'skip_nulls', true)),
    ),
  ],
  ['groupby', groupBy],
  ['batch', batch],
  ['slice', slice],
  ['min', extreme(-1)],
  ['max', extreme(1)],
  [
    'random',
    ofValue((value, args, engine) => {
      const seed = args.get(2, 'seed') ?? args.get(99, 'seed');
      const share = engine.random(seed === undefined ? undefined : str(seed));
      const start = numberArg(args, 0, 'start', 0);
      const step = numberArg(args, 1, 'step', 1);
      if (!isInteger(value) && (args.get(0, 'start') ?? args.get(1, 'step') ?? null) !== null)
        throw templateError('random takes start and step for a number only.');
      if (isInteger(value)) return start + Math.floor((share * (Number(value) - start)) / step) * step;
      const items = iterate(value);
      return first(items, items[Math.floor(share * items.length)], engine);
    }),
  ],
  [
    'shuffle',
    ofList((items, args, engine) => {
      const seed = args.get(0, 'seed');
      return items
        .map((item, index) => ({ item, rank: engine.random(seed === undefined ? undefined : `${str(seed)}/${index}`) }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ item }) => item);
    }),
  ],
];
