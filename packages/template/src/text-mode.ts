import { Float, RatchetError, type Value } from '@ratchet/core';
import { pythonLiteral } from '@ratchet/source';
import type { Statement } from './ast.js';
import { textWithBreaks } from './end-breaks.js';
import { fromJson } from './json.js';
import { str } from './python-text.js';

const ONE_VARIABLE = /^\{\{\s*(\w+)\s*\}\}\n?$/;
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
  statements: readonly Statement[],
  value: Value,
  scope: { readonly get: (name: string) => Value | undefined },
): Value => {
  const name = ONE_VARIABLE.exec(template)?.[1];
  if (name !== undefined && isPlain(scope.get(name))) return value;
  const text = textWithBreaks(value === null ? '' : str(value), template);
  return endsAsText(statements) ? text : literally(text);
};

/** A text that looks like a list, a dict or a boolean, read as one; any other as it is. */
export const literally = (text: string): Value =>
  LITERAL.test(text) ? (pythonLiteral(text) ?? jsonLiteral(text)) : text;

/** The filters after which a text stays one, however it looks. */
const TEXT_FILTERS = new Set(['string', 'to_json', 'to_nice_json', 'to_yaml', 'to_nice_yaml']);

const endsAsText = (statements: readonly Statement[]): boolean => {
  const [only, more] = statements;
  return (
    more === undefined && only?.kind === 'output' && only.value.kind === 'filter' && TEXT_FILTERS.has(only.value.name)
  );
};

const jsonLiteral = (text: string): Value => {
  try {
    return fromJson(text);
  } catch (thrown) {
    if (thrown instanceof RatchetError) return text;
    throw thrown;
  }
};
