import type { RegistryQuery } from '@ratchet/core';
import { isWithin, samePath } from './path.js';

/** Whether the output that answers `by` also answers `query`. */
export const covers = (by: RegistryQuery, query: RegistryQuery): boolean =>
  by.tree === true ? isWithin(query.path, by.path) : query.tree !== true && samePath(query.path, by.path);

/** The queries that must be sent: those that no other one covers; of equals, the first. */
export const necessary = (queries: readonly RegistryQuery[]): readonly RegistryQuery[] =>
  queries.filter(
    (query, index) =>
      !queries.some((other, at) => at !== index && covers(other, query) && (!covers(query, other) || at < index)),
  );
