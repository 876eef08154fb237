import type { Value } from '@ratchet/core';
import { isList } from './python.js';

/** The terms of a lookup as one flat list. */
export const flat = (terms: readonly Value[]): Value[] => terms.flatMap((term) => (isList(term) ? flat(term) : [term]));

/** The terms with one level of lists taken away. */
export const flatOnce = (terms: readonly Value[]): Value[] =>
  terms.flatMap((term) => (isList(term) ? [...term] : [term]));

/** A term of the older form `name key=value …`, with the options given by name beside it; the written ones win. */
export const withSettings = (
  term: string,
  options: ReadonlyMap<string, Value>,
  known: readonly string[],
): { readonly name: string; readonly get: (key: string) => Value | undefined } => {
  const own = new Map<string, Value>();
  const rest = term.split(/\s+/).filter((word) => {
    const pair = /^(\w+)=(.*)$/s.exec(word);
    if (!pair || !known.includes(pair[1] as string)) return true;
    own.set(pair[1] as string, pair[2] as string);
    return false;
  });
  return { name: own.size === 0 ? term : rest.join(' '), get: (key) => own.get(key) ?? options.get(key) };
};

/** The names under which a template calls lookups. */
export const LOOKUP_FUNCTIONS: ReadonlySet<string> = new Set(['lookup', 'query', 'q']);
