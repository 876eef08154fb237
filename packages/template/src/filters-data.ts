import { type Dict, didYouMean, Template, type Value } from '@ratchet/core';
import { entryOf } from './entry.js';
import { type Filter, flagArg, ofList, ofValue, textArg } from './filter.js';
import { defined, type Item, templateError, Undefined } from './item.js';
import { innerList, missingKey } from './lookup-subelements.js';
import { compare, contains, dictGet, equals, isDict, isInteger, isList, truthy, tuple, typeName } from './python.js';
import { str } from './python-text.js';
import { undefinedMember } from './undefined-member.js';

const otherwise: Filter = (item, args) => {
  const boolean = args.raw(1, 'boolean');
  const given = args.raw(0, 'default_value');
  const fallback = given === undefined ? '' : given;
  const useFalsy = boolean !== undefined && truthy(defined(boolean));
  if (item instanceof Undefined) return fallback;
  return useFalsy && !truthy(defined(item)) ? fallback : item;
};

const TRUE_WORDS = new Set(['yes', 'on', '1', 'true']);

const toBoolean = ofValue((value) => {
  if (value === null || typeof value === 'boolean') return value;
  return equals(value, 1) || TRUE_WORDS.has(str(value).toLowerCase());
});

const ternary = ofValue((value, args) => {
  const whenTrue = args.raw(0, 'true_val') ?? null;
  const whenFalse = args.raw(1, 'false_val') ?? null;
  const whenNone = args.raw(2, 'none_val');
  if (value === null && whenNone !== undefined && whenNone !== null) return whenNone;
  return truthy(value) ? whenTrue : whenFalse;
});

const asDict = (value: Value, what: string): Dict => {
  if (!isDict(value)) throw templateError(`${what} wants a dict, not a ${typeName(value)}.`);
  return value;
};

const LIST_MERGES = ['replace', 'keep', 'append', 'prepend', 'append_rp', 'prepend_rp'] as const;
type ListMerge = (typeof LIST_MERGES)[number];

const mergeLists = (a: readonly Value[], b: readonly Value[], how: ListMerge): Value => {
  if (how === 'keep') return a;
  if (how === 'append') return [...a, ...b];
  if (how === 'prepend') return [...b, ...a];
  if (how === 'append_rp') return [...a.filter((item) => !contains(b, item)), ...b];
  if (how === 'prepend_rp') return [...b, ...a.filter((item) => !contains(b, item))];
  return b;
};

const merge = (a: Dict, b: Dict, recursive: boolean, how: ListMerge): Dict => {
  const merged = new Map(a);
  for (const [key, value] of b) {
    const old = merged.get(key);
    if (recursive && isDict(old) && isDict(value)) merged.set(key, merge(old, value, recursive, how));
    else if (isList(old) && isList(value)) merged.set(key, mergeLists(old, value, how));
    else merged.set(key, value);
  }
  return merged;
};

const combine = ofValue((value, args) => {
  const recursive = flagArg(args, 99, 'recursive');
  const asked = textArg(args, 99, 'list_merge', 'replace');
  const how = LIST_MERGES.find((one) => one === asked);
  if (!how)
    throw templateError(
      `combine: 'list_merge' can only be equal to ${LIST_MERGES.join(', ')}, and is "${asked}".`,
      didYouMean(asked, LIST_MERGES),
    );
  const flat = (items: readonly Value[]): Value[] => items.flatMap((item) => (isList(item) ? flat(item) : [item]));
  return flat([value, ...args.rest(0)])
    .filter((item) => item !== null)
    .map((item) => asDict(item, 'combine'))
    .reduce((a, b) => merge(a, b, recursive, how), new Map() as Dict);
});

const dictSort = ofValue((value, args) => {
  const sensitive = flagArg(args, 0, 'case_sensitive');
  const column = textArg(args, 1, 'by', 'key');
  if (column !== 'key' && column !== 'value') throw templateError('You can only sort by either "key" or "value".');
  const by = column === 'value' ? 1 : 0;
  const reverse = flagArg(args, 2, 'reverse');
  const rank = (pair: readonly Value[]): Value => {
    const key = pair[by] as Value;
    return !sensitive && typeof key === 'string' ? key.toLowerCase() : key;
  };
  const pairs = [...asDict(value, 'dictsort')].map((pair) => tuple(pair));
  return pairs.sort((a, b) => (reverse ? compare(rank(b), rank(a)) : compare(rank(a), rank(b))));
});

const subelements = ofValue((value, args) => {
  const path = args.need(0, 'subelements');
  const skip = flagArg(args, 1, 'skip_missing');
  if (typeof path !== 'string' && !isList(path))
    throw templateError(`subelements must be a list or a string, the path of a list in each item; it is ${str(path)}.`);
  if (!isDict(value) && !isList(value))
    throw templateError(
      `The filter subelements: obj must be a list of dicts or a nested dict, not a ${typeName(value)}.`,
    );
  const keys = isList(path) ? path : path.split('.');
  return (isDict(value) ? [...value.values()] : value).flatMap((item) => {
    const inner = innerList(item, keys, str(path), false);
    if ('items' in inner) return inner.items.map((one) => tuple([item, one]));
    if (skip) return [];
    throw missingKey(inner.missing, str(path));
  });
});

// What is not there is undefined, as if it had been written `container[key]`.
const extract: Filter = (item, args, engine) => {
  const key = defined(item);
  const container = args.raw(0, 'container');
  const more = args.get(1, 'morekeys') ?? [];
  if (container === undefined) throw templateError('The argument "container" is missing.');
  if (container instanceof Undefined) return container;
  let owner: Value = defined(container);
  for (const part of [key, ...(isList(more) ? more : [more])]) {
    const inner = owner instanceof Template ? engine.template(owner) : owner;
    const found = isDict(inner)
      ? entryOf(inner, part)
      : isList(inner) && isInteger(part)
        ? inner.at(Number(part))
        : undefined;
    if (found === undefined) return undefinedMember(inner, part);
    if (found instanceof Undefined) return found;
    owner = defined(found);
  }
  return owner;
};

const rekeyed = ofValue((value, args) => {
  const key = str(args.need(0, 'key'));
  const duplicates = textArg(args, 1, 'duplicates', 'error');
  if (duplicates !== 'error' && duplicates !== 'overwrite')
    throw templateError(
      `The duplicates parameter to rekey_on_member has unknown value "${duplicates}".`,
      'Write error or overwrite.',
    );
  if (!isDict(value) && !isList(value))
    throw templateError(`Type is not a valid list, set, or dict for rekey_on_member: it is a ${typeName(value)}.`);
  const result = new Map<Value, Value>();
  for (const item of isDict(value) ? value.values() : value) {
    if (!isDict(item)) throw templateError(`rekey_on_member: List item is not a valid dict, but a ${typeName(item)}.`);
    const name = item.get(key);
    if (name === undefined) throw templateError(`rekey_on_member: the key "${key}" was not found in an item.`);
    if (duplicates !== 'overwrite' && dictGet(result, name) !== undefined)
      throw templateError(
        `rekey_on_member: the ${key} "${str(name)}" is not unique, cannot correctly turn into dict.`,
        'With duplicates="overwrite" the last one counts.',
      );
    result.set(name, item);
  }
  return result;
});

const mandatory: Filter = (item, args) => {
  const message = args.get(0, 'msg');
  if (!(item instanceof Undefined)) return item;
  throw message === undefined || message === null ? item.error : templateError(str(message));
};

/** Filters of any value, dicts and formats. */
export const dataFilters: readonly (readonly [string, Filter])[] = [
  ['default', otherwise],
  ['d', otherwise],
  ['mandatory', mandatory],
  ['bool', toBoolean],
  ['ternary', ternary],
  ['type_debug', (item): Item => (item instanceof Undefined ? 'AnsibleUndefined' : typeName(defined(item)))],
  [
    'items',
    (item) => (item instanceof Undefined ? [] : [...asDict(defined(item), 'items')].map((pair) => tuple(pair))),
  ],
  [
    'dict2items',
    ofValue((value, args) => {
      const key = textArg(args, 0, 'key_name', 'key');
      const item = textArg(args, 1, 'value_name', 'value');
      return [...asDict(value, 'dict2items')].map(
        ([name, inner]): Value =>
          new Map<Value, Value>([
            [key, name],
            [item, inner],
          ]),
      );
    }),
  ],
  [
    'items2dict',
    ofList((items, args) => {
      const key = textArg(args, 0, 'key_name', 'key');
      const value = textArg(args, 1, 'value_name', 'value');
      return new Map(
        items.map((item) => {
          const dict = asDict(item, 'items2dict');
          const name = dict.get(key);
          const inner = dict.get(value);
          if (name === undefined || inner === undefined)
            throw templateError(`items2dict wants items with "${key}" and "${value}".`);
          return [name, inner] as [Value, Value];
        }),
      );
    }),
  ],
  ['dictsort', dictSort],
  ['combine', combine],
  ['subelements', subelements],
  ['extract', extract],
  ['rekey_on_member', rekeyed],
  ['safe', ofValue((value) => value)],
  [
    'attr',
    ofValue((value, args) => {
      const found = isDict(value) ? dictGet(value, args.need(0, 'name')) : undefined;
      return found === undefined ? undefinedMember(value, args.need(0, 'name')) : found;
    }),
  ],
];
