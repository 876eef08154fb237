import type { Position, SourceFile } from '@ratchet/core';
import type { ListNode, MapNode, Node, ScalarNode } from './node.js';
import { readPlainScalar } from './scalar.js';

const LINE_END = 0x0a;
const BLANK = 0x20;
const DOUBLE_QUOTE = 0x22;
const HASH = 0x23;
const SINGLE_QUOTE = 0x27;
const DASH = 0x2d;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

const MARKER = '---\n';

/** How deep a plain text may be nested, and how long a key may be; beyond that the full parser looks. */
const MAX_DEPTH = 50;
const MAX_KEY = 500;

/** Units that a plain key may begin with, and those that it may hold: what no rule of YAML looks at. */
const KEY_START = unitsOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_');
const KEY_UNIT = unitsOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./\\ ');
/** Units that begin something else than a plain scalar. */
const INDICATOR = unitsOf(',[]{}#&*!|>\'"%@`?:-');

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

const shared = (name: string): string => {
  const known = NAMES.get(name);
  if (known !== undefined) return known;
  if (NAMES.size >= MAX_NAMES) NAMES.clear();
  NAMES.set(name, name);
  return name;
};

class NotPlain extends Error {}

/**
 * The node of a text that holds only block mappings and lists, scalars of one line and comments; undefined for every other
 * text, also for one with an error: that is for the full parser to read. What it gives is what the full parser would give,
 * positions included, in a tenth of the time.
 */
export const readPlainYaml = (file: SourceFile): Node | undefined => {
  if (/[\t\r\ufeff]/.test(file.text)) return undefined;
  try {
    return new PlainReader(file).whole();
  } catch (thrown) {
    if (thrown instanceof NotPlain) return undefined;
    throw thrown;
  }
};

/** Stands at the first unit of a line that says something, or in that line. */
class PlainReader {
  readonly #file: SourceFile;
  readonly #text: string;
  #at = 0;
  /** Column of the line's first unit; -1 at the end of the text. */
  #indent = -1;
  #depth = 0;

  constructor(file: SourceFile) {
    this.#file = file;
    this.#text = file.text;
  }

  whole(): Node {
    this.#toContent(0);
    this.#toContent(0);
    if (this.#indent === 0 && this.#text.startsWith(MARKER, this.#at)) this.#toContent(this.#at + MARKER.length);
    const node = this.#indent === 0 ? this.#block(0) : undefined;
    if (node === undefined || this.#at < this.#text.length) throw new NotPlain();
    return node;
  }

  /** Goes to the next line that says something; `from` is the start of a line. */
  #toContent(from: number): void {
    const text = this.#text;
    for (let start = from; start < text.length; ) {
      let at = start;
      while (text.charCodeAt(at) === BLANK) at++;
      const unit = text.charCodeAt(at);
      if (at < text.length && unit !== LINE_END && unit !== HASH) {
        this.#at = at;
        this.#indent = at - start;
        return;
      }
      const end = text.indexOf('\n', at);
      start = end === -1 ? text.length : end + 1;
    }
    this.#at = text.length;
    this.#indent = -1;
  }

  /** Ends the line: only blanks and a comment may stand at `from`. */
  #endLine(from: number): void {
    const text = this.#text;
    let at = from;
    while (text.charCodeAt(at) === BLANK) at++;
    const unit = at < text.length ? text.charCodeAt(at) : LINE_END;
    if (unit !== LINE_END && !(unit === HASH && at > from)) throw new NotPlain();
    this.#toNextLine(at);
  }

  #toNextLine(from: number): void {
    const end = this.#text.indexOf('\n', from);
    this.#toContent(end === -1 ? this.#text.length : end + 1);
  }

  #position(offset: number): Position {
    return { file: this.#file, offset };
  }

  /** A mapping or a list whose first unit stands here, in this column. */
  #block(column: number): Node {
    if (++this.#depth > MAX_DEPTH) throw new NotPlain();
    const node = this.#startsItem() ? this.#list(column) : this.#map(column);
    this.#depth--;
    return node;
  }

  #startsItem(): boolean {
    if (this.#text.charCodeAt(this.#at) !== DASH) return false;
    const next = this.#text.charCodeAt(this.#at + 1);
    return next === BLANK || next === LINE_END || Number.isNaN(next);
  }

  #map(column: number): MapNode {
    const position = this.#position(this.#at);
    const entries: { readonly key: Node; readonly value: Node }[] = [];
    const names = new Set<unknown>();
    do {
      const key = this.#key();
      names.add(identity(key));
      if (names.size === entries.length) throw new NotPlain();
      entries.push({ key, value: this.#value(column, column) });
    } while (this.#indent === column);
    if (this.#indent > column) throw new NotPlain();
    return { kind: 'map', entries, position };
  }

  #list(column: number): ListNode {
    const position = this.#position(this.#at);
    const items: Node[] = [];
    do {
      this.#at++;
      items.push(this.#item(column));
    } while (this.#indent === column && this.#startsItem());
    if (this.#indent > column) throw new NotPlain();
    return { kind: 'list', items, position };
  }

  /** What stands after a dash: a mapping or a list that begins in its line, or what may stand after a colon. */
  #item(column: number): Node {
    const text = this.#text;
    const dash = this.#at;
    let at = dash;
    while (text.charCodeAt(at) === BLANK) at++;
    this.#at = at;
    if (this.#startsItem() || this.#startsEntry()) return this.#block(column + 1 + at - dash);
    this.#at = dash;
    return this.#value(column, column + 1);
  }

  /** Whether a key and its colon stand here. */
  #startsEntry(): boolean {
    const at = this.#at;
    const end = this.#keyEnd(at);
    return end !== -1 && isColon(this.#text, end);
  }

  /** Where the plain or quoted key that begins here ends; -1 when none does. */
  #keyEnd(start: number): number {
    const text = this.#text;
    const first = text.charCodeAt(start);
    if (first === DOUBLE_QUOTE || first === SINGLE_QUOTE) return this.#quotedEnd(start, first);
    if (KEY_START[first] !== 1) return -1;
    let at = start + 1;
    while (KEY_UNIT[text.charCodeAt(at)] === 1) at++;
    return at;
  }

  #key(): ScalarNode {
    const start = this.#at;
    const end = this.#keyEnd(start);
    if (end === -1 || end - start > MAX_KEY || !isColon(this.#text, end)) throw new NotPlain();
    this.#at = end + 1;
    const position = this.#position(start);
    const quoted = KEY_START[this.#text.charCodeAt(start)] !== 1;
    if (!quoted && this.#text.charCodeAt(end - 1) === BLANK) throw new NotPlain();
    const value = quoted ? this.#quoted(start, end) : readPlainScalar(this.#text.slice(start, end));
    return { kind: 'scalar', value: typeof value === 'string' ? shared(value) : value, position };
  }

  /** What stands after a colon or a dash: in its line, or below it in column `least` or further right. */
  #value(column: number, least: number): Node {
    const text = this.#text;
    const before = this.#at;
    let at = before;
    while (text.charCodeAt(at) === BLANK) at++;
    const unit = text.charCodeAt(at);
    const isEmpty = at >= text.length || unit === LINE_END || (unit === HASH && at > before);
    const node = isEmpty ? this.#below(at, column, least) : this.#scalar(at, unit);
    // What is further right than its parent belongs to a scalar of several lines, or to none.
    if (this.#indent > column) throw new NotPlain();
    return node;
  }

  #below(end: number, column: number, least: number): Node {
    this.#toNextLine(end);
    if (this.#indent > column) return this.#block(this.#indent);
    if (this.#indent === column && least === column && this.#startsItem()) return this.#block(column);
    return { kind: 'scalar', value: null, position: this.#position(end) };
  }

  #scalar(start: number, first: number): ScalarNode {
    const position = this.#position(start);
    if (first === DOUBLE_QUOTE || first === SINGLE_QUOTE) {
      const end = this.#quotedEnd(start, first);
      if (end === -1) throw new NotPlain();
      this.#endLine(end);
      return { kind: 'scalar', value: this.#quoted(start, end), position };
    }
    const end = this.#plainEnd(start, first);
    this.#endLine(end);
    return { kind: 'scalar', value: readPlainScalar(this.#text.slice(start, end)), position };
  }

  #plainEnd(start: number, first: number): number {
    const text = this.#text;
    if (INDICATOR[first] === 1 && !(first === DASH && text.charCodeAt(start + 1) > BLANK)) throw new NotPlain();
    let end = start;
    for (let at = start; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === LINE_END) break;
      if (unit === BLANK) continue;
      if (unit === HASH && text.charCodeAt(at - 1) === BLANK) break;
      if (unit === COLON && isColon(text, at)) throw new NotPlain();
      end = at + 1;
    }
    return end;
  }

  /** Behind the closing quote; -1 when it does not stand in the same line. */
  #quotedEnd(start: number, quote: number): number {
    const text = this.#text;
    for (let at = start + 1; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === LINE_END) return -1;
      if (unit === BACKSLASH && quote === DOUBLE_QUOTE) at++;
      else if (unit === quote && (quote === DOUBLE_QUOTE || text.charCodeAt(at + 1) !== SINGLE_QUOTE)) return at + 1;
      else if (unit === quote) at++;
    }
    return -1;
  }

  #quoted(start: number, end: number): string {
    const inner = this.#text.slice(start + 1, end - 1);
    if (this.#text.charCodeAt(start) === SINGLE_QUOTE) return inner.includes("'") ? inner.replaceAll("''", "'") : inner;
    if (!inner.includes('\\')) return inner;
    // Paths of Windows hold no other escape.
    if (ONLY_BACKSLASHES.test(inner)) return inner.replaceAll('\\\\', '\\');
    return inner.replace(/\\(.)/gs, (_, letter: string) => escaped(letter));
  }
}

const escaped = (letter: string): string => {
  const found = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
  if (found === undefined) throw new NotPlain();
  return found;
};

/** Whether a colon that ends a key stands there. */
const isColon = (text: string, at: number): boolean => {
  if (text.charCodeAt(at) !== COLON) return false;
  const next = text.charCodeAt(at + 1);
  return next === BLANK || next === LINE_END || Number.isNaN(next);
};

/** Equal for keys that are one key to Python: 1, 1.0 and true. */
const identity = ({ value }: ScalarNode): unknown => {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'bigint') throw new NotPlain();
  return typeof value === 'object' && value !== null ? value.value : value;
};
