import type { SourceFile } from '@ratchet/core';
import type { ListNode, MapNode, Node, ScalarNode } from './node.js';
import {
  BLANK,
  CLOSE_LIST,
  CLOSE_MAP,
  COLON,
  COMMA,
  DOUBLE_QUOTE,
  identity,
  isColon,
  keyEnd,
  LINE_END,
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

// A scalar that no rule of flow collections looks at.
const PLAIN = /(?:[A-Za-z0-9_]|-[0-9])[A-Za-z0-9_./\\+-]*(?: +[A-Za-z0-9_][A-Za-z0-9_./\\+-]*)*/y;

/** A flow collection, and where it ends. */
export interface Flow {
  readonly node: Node;
  readonly end: number;
}

/** The flow collection that begins at `start`; in one line, unless it may stand on several. Throws NotPlain. */
export const readFlow = (file: SourceFile, start: number, severalLines: boolean): Flow =>
  new FlowReader(file, start, severalLines).whole();

class FlowReader {
  readonly #file: SourceFile;
  readonly #text: string;
  readonly #severalLines: boolean;
  #at: number;
  #depth = 0;

  constructor(file: SourceFile, start: number, severalLines: boolean) {
    this.#file = file;
    this.#text = file.text;
    this.#at = start;
    this.#severalLines = severalLines;
  }

  whole(): Flow {
    return { node: this.#value(), end: this.#at };
  }

  /** Goes to the next unit that is no space, and gives it. */
  #next(): number {
    const text = this.#text;
    let unit = text.charCodeAt(this.#at);
    while (unit === BLANK || (unit === LINE_END && this.#severalLines)) unit = text.charCodeAt(++this.#at);
    return unit;
  }

  #value(): Node {
    const unit = this.#next();
    if (unit !== OPEN_LIST && unit !== OPEN_MAP) return this.#scalar(unit);
    if (++this.#depth > MAX_DEPTH) throw new NotPlain();
    const node = unit === OPEN_LIST ? this.#list() : this.#map();
    this.#depth--;
    return node;
  }

  /** Whether another part follows, or else the closing bracket. */
  #more(close: number): boolean {
    const unit = this.#next();
    if (unit !== COMMA && unit !== close) throw new NotPlain();
    this.#at++;
    return unit === COMMA;
  }

  #isEmpty(close: number): boolean {
    this.#at++;
    if (this.#next() !== close) return false;
    this.#at++;
    return true;
  }

  #list(): ListNode {
    const position = { file: this.#file, offset: this.#at };
    const items: Node[] = [];
    if (this.#isEmpty(CLOSE_LIST)) return { kind: 'list', items, position };
    do items.push(this.#value());
    while (this.#more(CLOSE_LIST));
    return { kind: 'list', items, position };
  }

  #map(): MapNode {
    const position = { file: this.#file, offset: this.#at };
    const entries: { readonly key: Node; readonly value: Node }[] = [];
    if (this.#isEmpty(CLOSE_MAP)) return { kind: 'map', entries, position };
    const names = new Set<unknown>();
    do {
      const key = this.#key();
      names.add(identity(key));
      if (names.size === entries.length) throw new NotPlain();
      entries.push({ key, value: this.#value() });
    } while (this.#more(CLOSE_MAP));
    return { kind: 'map', entries, position };
  }

  #key(): ScalarNode {
    const first = this.#next();
    const start = this.#at;
    const end = keyEnd(this.#text, start);
    const isQuoted = first === DOUBLE_QUOTE || first === SINGLE_QUOTE;
    // Behind a quoted key its colon may stand without a space, as in JSON.
    if (end === -1 || !(isQuoted ? this.#text.charCodeAt(end) === COLON : isColon(this.#text, end)))
      throw new NotPlain();
    this.#at = end + 1;
    return readKey(this.#file, start, end);
  }

  #scalar(first: number): ScalarNode {
    const start = this.#at;
    const position = { file: this.#file, offset: start };
    if (first === DOUBLE_QUOTE || first === SINGLE_QUOTE) {
      const end = quotedEnd(this.#text, start, first);
      if (end === -1) throw new NotPlain();
      this.#at = end;
      return { kind: 'scalar', value: quotedText(this.#text, start, end), position };
    }
    PLAIN.lastIndex = start;
    const [text] = PLAIN.exec(this.#text) ?? [];
    if (text === undefined) throw new NotPlain();
    this.#at = start + text.length;
    return { kind: 'scalar', value: readPlainScalar(text), position };
  }
}
