import { didYouMean, RatchetError } from '@ratchet/core';
import type { Filter } from './filter.js';
import { addressFilters } from './filters-address.js';
import { dataFilters } from './filters-data.js';
import { formatFilters } from './filters-format.js';
import { hashFilters } from './filters-hash.js';
import { listFilters } from './filters-list.js';
import { markupFilters } from './filters-markup.js';
import { numberFilters } from './filters-number.js';
import { pathFilters } from './filters-path.js';
import { queryFilters } from './filters-query.js';
import { setFilters } from './filters-set.js';
import { textFilters } from './filters-text.js';
import { timeFilters } from './filters-time.js';
import { plainName } from './jinja-tests.js';

const filters = new Map<string, Filter>([
  ...textFilters,
  ...pathFilters,
  ...markupFilters,
  ...hashFilters,
  ...timeFilters,
  ...listFilters,
  ...setFilters,
  ...dataFilters,
  ...formatFilters,
  ...numberFilters,
  ...queryFilters,
  ...addressFilters,
]);

/** Ansible's filters that Ratchet does not do, with what to do instead. */
export const REFUSED_FILTERS: ReadonlyMap<string, string> = new Map([
  ['vault', 'Encrypt the value with ansible-vault beforehand.'],
  ['unvault', 'Write the value as a variable with !vault; it is decrypted where it is used.'],
]);

/** The names of all filters. */
export const filterNames = (): readonly string[] => [...filters.keys()].sort();

/** The filter of a name; an unknown one is an error that offers the nearest. */
export const filterOf = (name: string): Filter => {
  const found = filters.get(plainName(name));
  if (found) return found;
  const refused = REFUSED_FILTERS.get(plainName(name));
  if (refused) throw new RatchetError('not-supported', `The filter "${name}" is not supported.`, { hint: refused });
  throw new RatchetError('template-error', `There is no filter "${name}".`, {
    hint: didYouMean(plainName(name), filters.keys()),
  });
};

export const hasFilter = (name: string): boolean => filters.has(plainName(name));
