import { didYouMean, RatchetError, type Value } from '@ratchet/core';
import type { Engine, Lookup } from './engine.js';
import { templateError } from './item.js';
import { plainName } from './jinja-tests.js';
import { fileLookups } from './lookups-file.js';
import { listLookups } from './lookups-list.js';
import { localLookups } from './lookups-local.js';

const builtIn = new Map<string, Lookup>([...localLookups, ...fileLookups, ...listLookups]);

/** Ansible's lookups that Ratchet does not do, with what to do instead. */
export const REFUSED_LOOKUPS: ReadonlyMap<string, string> = new Map([
  ['url', 'Fetch it in a task, or with the lookup "pipe".'],
  ['config', 'Write the value in a variable.'],
  ['unvault', 'Use the lookup "file" on a file that is not encrypted, or an encrypted variable.'],
]);

/** The names of all built-in lookups. */
export const lookupNames = (): readonly string[] => [...builtIn.keys()].sort();

/** The built-in lookup of a name; an unknown or refused one is an error. */
export const lookupOf = (name: string): Lookup => {
  const plain = plainName(name);
  const lookup = builtIn.get(plain);
  if (lookup) return lookup;
  const refused = REFUSED_LOOKUPS.get(plain);
  if (refused) throw new RatchetError('not-supported', `The lookup "${name}" is not supported.`, { hint: refused });
  throw templateError(`There is no lookup "${name}".`, didYouMean(plain, builtIn.keys()));
};

/** Runs a lookup by name, those handed in first; an unknown name is an error, and `errors=ignore` makes a failed one empty. */
export const runLookup = (
  name: string,
  terms: readonly Value[],
  options: ReadonlyMap<string, Value>,
  engine: Engine,
): readonly Value[] => {
  const lookup = engine.options.lookups?.get(plainName(name)) ?? lookupOf(name);
  const errors = options.get('errors');
  if (errors !== 'ignore' && errors !== 'warn') return lookup(terms, options, engine);
  try {
    return lookup(terms, options, engine);
  } catch (thrown) {
    if (thrown instanceof RatchetError) return [];
    throw thrown;
  }
};
