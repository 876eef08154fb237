import { didYouMean, RatchetError } from '@ratchet/core';
import type { Filter } from './filter.js';
import { dataFilters } from './filters-data.js';
import { listFilters } from './filters-list.js';
import { numberFilters } from './filters-number.js';
import { textFilters } from './filters-text.js';
import { plainName } from './jinja-tests.js';

const filters = new Map<string, Filter>([...textFilters, ...listFilters, ...dataFilters, ...numberFilters]);

/** The filter of a name; an unknown one is an error that offers the nearest. */
export const filterOf = (name: string): Filter => {
  const found = filters.get(plainName(name));
  if (found) return found;
  throw new RatchetError('template-error', `There is no filter "${name}".`, { hint: didYouMean(name, filters.keys()) });
};

export const hasFilter = (name: string): boolean => filters.has(plainName(name));
