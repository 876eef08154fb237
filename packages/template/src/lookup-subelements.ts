import type { Dict, RatchetError, Value } from '@ratchet/core';
import type { Lookup } from './engine.js';
import { templateError } from './item.js';
import { dictGet, isDict, isList, truthy } from './python.js';
import { str } from './python-text.js';

const FORM = 'subelements expects a list of two or three items';

const malformed = (why: string): RatchetError =>
  templateError(`${FORM}: ${why}.`, 'Write the list, the path of the list inside each item, and {skip_missing: true}.');

/** A list inside an item, or the key that the item lacks on the way to it. */
export type InnerList = { readonly items: readonly Value[] } | { readonly missing: string };

/**
 * The list under a path of an item; a path that leads through or to anything but dicts and a list is an error. With `skip` one that
 * leads through something else lacks its key, as does one whose key is not there.
 */
export const innerList = (item: Value, keys: readonly Value[], path: string, skip: boolean): InnerList => {
  let owner: Value = item;
  let before = 'an item';
  for (const key of keys) {
    if (!isDict(owner) && skip) return { missing: str(key) };
    if (!isDict(owner))
      throw templateError(
        `The path "${path}" leads nowhere: ${before} should point to a dictionary, not to ${str(owner)}.`,
      );
    const next = dictGet(owner, key);
    if (next === undefined) return { missing: str(key) };
    owner = next;
    before = `the key ${str(key)}`;
  }
  if (!isList(owner))
    throw templateError(`${before} of the path "${path}" should point to a list, not to ${str(owner)}.`);
  return { items: owner };
};

/** What is told about a key that an item has not; `skip_missing` passes such an item over. */
export const missingKey = (key: string, path: string): RatchetError =>
  templateError(
    `could not find '${key}' key in iterated item, on the path "${path}".`,
    'Items that lack it are passed over with skip_missing=true.',
  );

const itemsOf = (list: Value | undefined): readonly Value[] => {
  if (isDict(list)) return truthy(list.get('skipped') ?? false) ? [] : [...list.values()];
  if (isList(list)) return list;
  throw templateError(
    `subelements expects a dictionary, or a list of them: it is to have first a dict or a list, and got ${str(list ?? null)}.`,
  );
};

/** An item without what lies under a path of dicts. */
const without = (item: Dict, [key, ...rest]: readonly string[]): Dict =>
  new Map(
    [...item].flatMap(([name, value]): [Value, Value][] => {
      if (name !== key) return [[name, value]];
      return rest.length === 0 ? [] : [[name, isDict(value) ? without(value, rest) : value]];
    }),
  );

/** The lookup `subelements`: each item with each one of a list inside it. */
export const subelements: Lookup = (terms) => {
  const [list, path, flags] = terms;
  if (terms.length < 2 || terms.length > 3) throw malformed(`there are ${terms.length}`);
  if (typeof path !== 'string') throw malformed('first a dict or a list, second a string, the path of a list in each');
  const known = isDict(flags) && [...flags.keys()].every((key) => key === 'skip_missing');
  if (flags !== undefined && !known) throw malformed('the optional third item must be a dict with skip_missing');
  const skip = isDict(flags) && truthy(flags.get('skip_missing') ?? false);
  const keys = path.split('.');
  return itemsOf(list).flatMap((item) => {
    if (!isDict(item)) throw templateError(`subelements expects a dictionary for each item, not ${str(item)}.`);
    if (truthy(item.get('skipped') ?? false)) return [];
    const inner = innerList(item, keys, path, skip);
    if ('missing' in inner) {
      if (skip) return [];
      throw missingKey(inner.missing, path);
    }
    const first = without(item, keys);
    return inner.items.map((one): Value => [first, one]);
  });
};
