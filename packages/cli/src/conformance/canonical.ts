import { Float, Template, type Value } from '@ratchet/core';
import { str } from '@ratchet/template';

/** JSON data in which floats and integers beyond 2^53 are `{ "$number": text }`, so that `2` and `2.0` differ. */
export type Canonical = null | boolean | number | string | readonly Canonical[] | { readonly [key: string]: Canonical };

const TOKENS = /"(?:[^"\\]|\\.)*"|-?(?:Infinity|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|NaN/g;

const isPlainNumber = (token: string): boolean => /^-?\d+$/.test(token) && Number.isSafeInteger(Number(token));

/** Reads JSON as Python's `json` writes it (`NaN` and `Infinity` included). Throws SyntaxError. */
export const readCanonical = (json: string): Canonical =>
  JSON.parse(
    json.replace(TOKENS, (token) =>
      token.startsWith('"') || isPlainNumber(token) ? token : JSON.stringify({ $number: token }),
    ),
  ) as Canonical;

const numberText = (value: Value): string => str(value).replace('inf', 'Infinity').replace('nan', 'NaN');

/** A finished value of ours as the same data; keys become what Python's `json` makes of them. */
export const canonicalOf = (value: Value): Canonical => {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (value instanceof Template) return value.text;
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [keyText(key), canonicalOf(item)]));
  if (Array.isArray(value)) return value.map(canonicalOf);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Float)
    return { $number: numberText(value) };
  return null;
};

const keyText = (key: Value): string => {
  if (key === null) return 'null';
  return typeof key === 'boolean' ? String(key) : str(key);
};

/** The data as one text, keys sorted: equal data give equal texts. */
export const canonicalText = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
