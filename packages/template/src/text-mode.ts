import { Float, type Value } from '@ratchet/core';
import { pythonLiteral } from '@ratchet/source';
import { str } from './python-text.js';

const ONE_VARIABLE = /^\{\{\s*(\w+)\s*\}\}$/;
const LITERAL = /^(?:\[|\{(?!\{)|(?:True|False)$)/;

const isPlain = (value: Value | undefined): boolean =>
  value === null ||
  typeof value === 'boolean' ||
  typeof value === 'number' ||
  typeof value === 'bigint' ||
  value instanceof Float;

/**
 * What a template comes to with Ansible's `jinja2_native=false`: one bare variable that was written as a number, a boolean or null
 * keeps its type, all else is text, and a text that looks like a list, a dict or a boolean is read as one.
 */
export const inTextMode = (
  template: string,
  value: Value,
  scope: { readonly get: (name: string) => Value | undefined },
): Value => {
  const name = ONE_VARIABLE.exec(template)?.[1];
  if (name !== undefined && isPlain(scope.get(name))) return value;
  const text = value === null ? '' : str(value);
  const found = LITERAL.test(text) ? pythonLiteral(text) : undefined;
  return found === undefined ? text : found;
};
