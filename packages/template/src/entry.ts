import { type Dict, LazyDict, type Value } from '@ratchet/core';
import { type Item, orUndefined } from './item.js';
import { dictGet } from './python.js';

/** The entry under a key; one that a LazyDict cannot make for want of a variable (`hostvars['h'].x`) is undefined until it is used. */
export const entryOf = (dict: Dict, key: Value): Item | undefined =>
  dict instanceof LazyDict ? orUndefined(String(key), () => dictGet(dict, key)) : dictGet(dict, key);
