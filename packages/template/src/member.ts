import type { Dict, Value } from '@ratchet/core';
import { entryOf } from './entry.js';
import { defined, type Item } from './item.js';
import { isDict, isInteger, isList } from './python.js';
import { str } from './python-text.js';
import { undefinedMember } from './undefined-member.js';

// A number in a path may be a key that is a text; a null is a value.
const underKey = (owner: Dict, key: Value): Item | undefined => {
  const found = entryOf(owner, key);
  return found === undefined && typeof key === 'number' ? entryOf(owner, String(key)) : found;
};

/** The member of an item under a path as `map(attribute=…)` writes it: `a.b.0`. */
export const member = (item: Value, path: Value): Item => {
  const keys = isInteger(path)
    ? [path]
    : str(path)
        .split('.')
        .map((key): Value => (/^\d+$/.test(key) ? Number(key) : key));
  let value: Item = item;
  for (const key of keys) {
    const owner: Value = defined(value);
    const next: Item | undefined =
      typeof owner === 'string' && typeof key === 'number'
        ? owner[key]
        : isDict(owner)
          ? underKey(owner, key)
          : isList(owner) && typeof key === 'number'
            ? owner[key]
            : undefined;
    if (next === undefined) return undefinedMember(owner, key);
    value = next;
  }
  return value;
};
