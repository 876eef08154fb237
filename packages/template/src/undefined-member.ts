import { didYouMean, RatchetError, type Value } from '@ratchet/core';
import { Undefined } from './item.js';
import { isDict, typeName } from './python.js';
import { str } from './python-text.js';

// Jinja's own words for what an owner lacks; playbooks match on them.
const lack = (owner: Value, key: Value): string => {
  const kind = owner === null ? 'None' : `${typeName(owner)} object`;
  return typeof key === 'string' ? `'${kind}' has no attribute '${key}'` : `${kind} has no element ${str(key)}`;
};

/** What a member of `owner` is that it has not; `path` is how its owner is written, where it has a name. */
export const undefinedMember = (owner: Value, key: Value, path?: string): Undefined => {
  const name = path === undefined ? str(key) : `${path}.${str(key)}`;
  return new Undefined(name, () => {
    const written = path === undefined ? '' : `, "${typeof key === 'string' ? name : `${path}[${str(key)}]`}"`;
    return new RatchetError('undefined-variable', `An undefined variable is used${written}: ${lack(owner, key)}.`, {
      hint: isDict(owner) && typeof key === 'string' ? didYouMean(key, [...owner.keys()].map(str)) : undefined,
      details: { name },
    });
  });
};
