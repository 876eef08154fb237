import { readPlainScalar } from '@ratchet/source';

/** How a text may be written in YAML: plain, in single quotes, or in double quotes only. */
export interface ScalarStyles {
  readonly plainInBlock: boolean;
  readonly plainInFlow: boolean;
  readonly single: boolean;
}

const SPECIAL = /[^\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
const LEADING = /^[#,[\]{}&*!|>'"%@`]|^[-?:](?:[\s]|$)|^---|^\.\.\./;
const IN_BLOCK = /:(?:\s|$)|\s#/;
const IN_FLOW = /^[?:]|[,?[\]{}:]/;

const readsAsText = (text: string): boolean =>
  readPlainScalar(text) === text && !/^\d{4}-\d\d?-\d\d?/.test(text) && text !== '=' && text !== '<<';

/** PyYAML's rules for a text that people can read (`allow_unicode`). */
export const stylesOf = (text: string): ScalarStyles => {
  const doubleOnly = SPECIAL.test(text) || / \n/.test(text) || /\n /.test(text);
  const edges = /^[\s]|[\s]$|\n/.test(text);
  const plain =
    text !== '' && !doubleOnly && !edges && !LEADING.test(text) && !IN_BLOCK.test(text) && readsAsText(text);
  return { plainInBlock: plain, plainInFlow: plain && !IN_FLOW.test(text), single: !doubleOnly };
};

const NAMED: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u2028': '\\L',
  '\u2029': '\\P',
  '\ufeff': '\\uFEFF',
};

/** A unit of a text as it stands in double quotes. */
export const escapedUnit = (unit: string): string => {
  const named = Object.hasOwn(NAMED, unit) ? NAMED[unit] : undefined;
  if (named !== undefined) return named;
  const code = unit.codePointAt(0) as number;
  if (!SPECIAL.test(unit)) return unit;
  if (code <= 0xff) return `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
  return code <= 0xffff
    ? `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
    : `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`;
};
