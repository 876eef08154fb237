import { didYouMean, type Value } from '@ratchet/core';
import { templateError } from './item.js';
import { isList } from './python.js';
import { str } from './python-text.js';

/** The terms of a lookup as one flat list. */
export const flat = (terms: readonly Value[]): Value[] => terms.flatMap((term) => (isList(term) ? flat(term) : [term]));

/** The terms with one level of lists taken away. */
export const flatOnce = (terms: readonly Value[]): Value[] =>
  terms.flatMap((term) => (isList(term) ? [...term] : [term]));

/**
 * A term of the older form `name key=value …`, with the options given by name beside it; the written ones win. A value may stand in quotes.
 * Throws for a key that is not known.
 */
export const withSettings = (
  term: string,
  options: ReadonlyMap<string, Value>,
  known: readonly string[],
): { readonly name: string; readonly get: (key: string) => Value | undefined } => {
  const own = new Map<string, Value>();
  const rest = (term.match(/(?:"[^"]*"|'[^']*'|\S)+/g) ?? []).filter((word) => {
    const [, key, value] = /^(\w+)=(.*)$/s.exec(word) ?? [];
    if (key === undefined || value === undefined) return true;
    if (!known.includes(key))
      throw templateError(`"${key}" is no option of the lookup: ${term}`, didYouMean(key, known));
    own.set(key, /^(["'])(.*)\1$/s.exec(value)?.[2] ?? value);
    return false;
  });
  return { name: own.size === 0 ? term : rest.join(' '), get: (key) => own.get(key) ?? options.get(key) };
};

/** Refuses an encoding that would have to be read otherwise than UTF-8. */
export const refuseEncoding = (lookup: string, encoding: Value | undefined): void => {
  if (encoding === undefined || /^(?:utf-?8|ascii)$/i.test(str(encoding))) return;
  throw templateError(`The lookup "${lookup}" reads files in UTF-8 only, not in "${str(encoding)}".`);
};

/** The names under which a template calls lookups. */
export const LOOKUP_FUNCTIONS: ReadonlySet<string> = new Set(['lookup', 'query', 'q']);
