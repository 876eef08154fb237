import type { SourceFile } from '@ratchet/core';
import type { ScalarNode } from './node.js';
import { readPlainScalar } from './scalar.js';

export const LINE_END = 0x0a;
export const BLANK = 0x20;
export const DOUBLE_QUOTE = 0x22;
export const HASH = 0x23;
export const SINGLE_QUOTE = 0x27;
export const DASH = 0x2d;
export const COLON = 0x3a;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
export const OPEN_MAP = 0x7b;
export const CLOSE_MAP = 0x7d;
export const LITERAL = 0x7c;
export const FOLDED = 0x3e;

/** How deep a plain text may be nested, and how long a key may be; beyond that the full parser looks. */
export const MAX_DEPTH = 50;
const MAX_KEY = 500;

/** Units that a plain key may begin with, and those that it may hold: what no rule of YAML looks at. */
export const KEY_START = unitsOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_');
export const KEY_UNIT = unitsOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./\\ ');
/** Units that begin something else than a plain scalar. */
export const INDICATOR = unitsOf(',[]{}#&*!|>\'"%@`?:-');

const ONLY_BACKSLASHES = /^(?:[^\\]|\\\\)*$/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\', '"': '"', n: '\n', r: '\r', t: '\t', '/': '/' };

function unitsOf(letters: string): Uint8Array {
  const units = new Uint8Array(128);
  for (const letter of letters) units[letter.charCodeAt(0)] = 1;
  return units;
}

/** Names that were read before: a thousand files of variables hold the same ones. */
const NAMES = new Map<string, string>();
const MAX_NAMES = 10_000;

/** The same text once for all places where it stands. */
export const shared = (name: string): string => {
  const known = NAMES.get(name);
  if (known !== undefined) return known;
  if (NAMES.size >= MAX_NAMES) NAMES.clear();
  NAMES.set(name, name);
  return name;
};

/** Thrown where a text is for the full parser to read. */
export class NotPlain extends Error {}

/** Behind the closing quote of what is quoted at `start`; -1 when it does not stand in the same line. */
export const quotedEnd = (text: string, start: number, quote: number): number => {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === LINE_END) return -1;
    if (unit === BACKSLASH && quote === DOUBLE_QUOTE) at++;
    else if (unit === quote && (quote === DOUBLE_QUOTE || text.charCodeAt(at + 1) !== SINGLE_QUOTE)) return at + 1;
    else if (unit === quote) at++;
  }
  return -1;
};

/** The text that is quoted from `start` to `end`. */
export const quotedText = (text: string, start: number, end: number): string => {
  const inner = text.slice(start + 1, end - 1);
  if (text.charCodeAt(start) === SINGLE_QUOTE) return inner.includes("'") ? inner.replaceAll("''", "'") : inner;
  if (!inner.includes('\\')) return inner;
  // Paths of Windows hold no other escape.
  if (ONLY_BACKSLASHES.test(inner)) return inner.replaceAll('\\\\', '\\');
  return inner.replace(/\\(?:u[0-9a-fA-F]{4}|.)/gs, escaped);
};

/** Where the plain or quoted key that begins at `start` ends; -1 when none does. */
export const keyEnd = (text: string, start: number): number => {
  const first = text.charCodeAt(start);
  if (first === DOUBLE_QUOTE || first === SINGLE_QUOTE) return quotedEnd(text, start, first);
  if (KEY_START[first] !== 1) return -1;
  let at = start + 1;
  while (KEY_UNIT[text.charCodeAt(at)] === 1) at++;
  return at;
};

/** The key that stands from `start` to `end`. */
export const readKey = (file: SourceFile, start: number, end: number): ScalarNode => {
  const { text } = file;
  if (end - start > MAX_KEY) throw new NotPlain();
  const quoted = KEY_START[text.charCodeAt(start)] !== 1;
  if (!quoted && text.charCodeAt(end - 1) === BLANK) throw new NotPlain();
  const value = quoted ? quotedText(text, start, end) : readPlainScalar(text.slice(start, end));
  return {
    kind: 'scalar',
    value: typeof value === 'string' ? shared(value) : value,
    position: { file, offset: start },
  };
};

const escaped = (text: string): string => {
  const [, letter = ''] = text;
  const code = letter === 'u' && text.length === 6 ? Number.parseInt(text.slice(2), 16) : Number.NaN;
  if (code < 0xd800) return String.fromCharCode(code);
  const found = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
  if (found === undefined) throw new NotPlain();
  return found;
};

/** Whether a colon that ends a key stands there. */
export const isColon = (text: string, at: number): boolean => {
  if (text.charCodeAt(at) !== COLON) return false;
  const next = text.charCodeAt(at + 1);
  return next === BLANK || next === LINE_END || Number.isNaN(next);
};

/** Equal for keys that are one key to Python: 1, 1.0 and true. */
export const identity = ({ value }: ScalarNode): unknown => {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'bigint') throw new NotPlain();
  return typeof value === 'object' && value !== null ? value.value : value;
};
