import type { Position, SourceFile } from '@ratchet/core';
import type { ListNode, MapNode, Node, ScalarNode } from './node.js';
import { readBlockText } from './plain-block-text.js';
import { readFlow } from './plain-flow.js';
import {
  BLANK,
  COLON,
  DASH,
  DOUBLE_QUOTE,
  FOLDED,
  HASH,
  INDICATOR,
  identity,
  isColon,
  keyEnd,
  LINE_END,
  LITERAL,
  MAX_DEPTH,
  NotPlain,
  OPEN_LIST,
  OPEN_MAP,
  quotedEnd,
  quotedText,
  readKey,
  SINGLE_QUOTE,
} from './plain-letters.js';
import { readPlainScalar } from './scalar.js';

const MARKER = '---\n';

/**
 * The node of a text that holds only mappings and lists, scalars of one line, block texts and comments; undefined for every other
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
    const node = this.#indent === 0 ? this.#root() : undefined;
    if (node === undefined || this.#at < this.#text.length) throw new NotPlain();
    return node;
  }

  /** A text that is one flow collection, as JSON is, may put it on as many lines as it likes. */
  #root(): Node {
    const first = this.#text.charCodeAt(this.#at);
    if (first !== OPEN_LIST && first !== OPEN_MAP) return this.#block(0);
    const { node, end } = readFlow(this.#file, this.#at, true);
    this.#endLine(end);
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
    const end = keyEnd(this.#text, at);
    return end !== -1 && isColon(this.#text, end);
  }

  #key(): ScalarNode {
    const start = this.#at;
    const end = keyEnd(this.#text, start);
    if (end === -1 || !isColon(this.#text, end)) throw new NotPlain();
    this.#at = end + 1;
    return readKey(this.#file, start, end);
  }

  /** What stands after a colon or a dash: in its line, or below it in column `least` or further right. */
  #value(column: number, least: number): Node {
    const text = this.#text;
    const before = this.#at;
    let at = before;
    while (text.charCodeAt(at) === BLANK) at++;
    const unit = text.charCodeAt(at);
    const isEmpty = at >= text.length || unit === LINE_END || (unit === HASH && at > before);
    const node = isEmpty ? this.#below(at, column, least) : this.#inLine(at, unit, column);
    // What is further right than its parent belongs to a scalar of several lines, or to none.
    if (this.#indent > column) throw new NotPlain();
    return node;
  }

  #inLine(at: number, unit: number, column: number): Node {
    if (unit === OPEN_LIST || unit === OPEN_MAP) return this.#flow(at);
    return unit === LITERAL || unit === FOLDED ? this.#blockText(at, column) : this.#scalar(at, unit);
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
      const end = quotedEnd(this.#text, start, first);
      if (end === -1) throw new NotPlain();
      this.#endLine(end);
      return { kind: 'scalar', value: quotedText(this.#text, start, end), position };
    }
    const end = this.#plainEnd(start, first);
    this.#endLine(end);
    return { kind: 'scalar', value: readPlainScalar(this.#text.slice(start, end)), position };
  }

  #flow(start: number): Node {
    const { node, end } = readFlow(this.#file, start, false);
    this.#endLine(end);
    return node;
  }

  #blockText(start: number, column: number): ScalarNode {
    const { value, end } = readBlockText(this.#text, start, column);
    this.#toContent(end);
    return { kind: 'scalar', value, position: this.#position(start) };
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
}
