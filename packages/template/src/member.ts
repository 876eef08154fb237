import type { Value } from '@ratchet/core';
import { defined, type Item } from './item.js';
import { dictGet, isDict, isInteger, isList } from './python.js';
import { str } from './python-text.js';
import { undefinedMember } from './undefined-member.js';

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
    const next: Value | undefined =
      typeof owner === 'string' && typeof key === 'number'
        ? owner[key]
        : isDict(owner)
          ? (dictGet(owner, key) ?? (typeof key === 'number' ? dictGet(owner, String(key)) : undefined))
          : isList(owner) && typeof key === 'number'
            ? owner[key]
            : undefined;
    if (next === undefined) return undefinedMember(owner, key);
    value = next;
  }
  return value;
};
