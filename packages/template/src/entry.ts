import { type Dict, LazyDict, RatchetError, type Value } from '@ratchet/core';
import { type Item, Undefined } from './item.js';
import { dictGet } from './python.js';

/** The entry under a key; one that a LazyDict cannot make for want of a variable (`hostvars['h'].x`) is undefined until it is used. */
export const entryOf = (dict: Dict, key: Value): Item | undefined => {
  if (!(dict instanceof LazyDict)) return dictGet(dict, key);
  try {
    return dictGet(dict, key);
  } catch (thrown) {
    if (!(thrown instanceof RatchetError) || thrown.code !== 'undefined-variable') throw thrown;
    return new Undefined(String(key), () => thrown);
  }
};
