import type { Value } from '@ratchet/core';
import { pythonLiteral } from '@ratchet/source';
import { str } from './python-text.js';

const ONE_VARIABLE = /^\{\{\s*\w*\s*\}\}$/;
const LITERAL = /^(?:\[|\{(?!\{)|(?:True|False)$)/;

/**
 * What a template comes to with Ansible's `jinja2_native=false`: one bare variable keeps its type, all else is text, and a
 * text that looks like a list, a dict or a boolean is read as one.
 */
export const inTextMode = (template: string, value: Value): Value => {
  if (ONE_VARIABLE.test(template.trim())) return value;
  const text = value === null ? '' : str(value);
  const found = LITERAL.test(text) ? pythonLiteral(text) : undefined;
  return found === undefined ? text : found;
};
