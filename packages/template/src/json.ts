import { type Dict, float, Template, type Value } from '@ratchet/core';
import { templateError } from './item.js';
import { byCodePoint, compare, isDict, isList } from './python.js';
import { str } from './python-text.js';

export interface JsonStyle {
  readonly indent: number | undefined;
  readonly sort: boolean;
  readonly ascii: boolean;
}

const quoted = (text: string, ascii: boolean): string => {
  const json = JSON.stringify(text);
  return ascii
    ? json.replace(/[\x7f-\uffff]/g, (unit) =>
        unit === '\x7f' ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
    : json;
};

const numberText = (value: Value): string =>
  str(value)
    .replace(/^-?inf$/, (word) => (word === 'inf' ? 'Infinity' : '-Infinity'))
    .replace(/^nan$/, 'NaN');

const keyText = (key: Value): string => (key === null ? 'null' : typeof key === 'boolean' ? String(key) : str(key));

/** Pieces that are joined at a time: few enough to stay young, so that a long text is not copied at each of its levels. */
const PIECES = 4096;

/** Python's `json.dumps`: `, ` and `: ` between parts, non-ASCII escaped. */
export const toJson = (value: Value, style: JsonStyle): string => toJsonParts(value, style).join('');

/** The same in parts of some hundred kilobytes, for a text that is only to be written out. */
export const toJsonParts = (value: Value, style: JsonStyle): readonly string[] => new JsonWriter(style).parts(value);

const isText = (key: Value): key is string => typeof key === 'string';

const sortKeys = (keys: Value[]): void => {
  if (keys.every(isText)) keys.sort(byCodePoint);
  else keys.sort(compare);
};

class JsonWriter {
  readonly #style: JsonStyle;
  readonly #names = new Map<Value, string>();
  readonly #parts: string[] = [];
  #pieces: string[] = [];
  #order: { readonly keys: readonly Value[]; readonly sorted: readonly Value[] } = { keys: [], sorted: [] };

  constructor(style: JsonStyle) {
    this.#style = style;
  }

  parts(value: Value): readonly string[] {
    this.#write('', value, 0);
    return [...this.#parts, this.#pieces.join('')];
  }

  #put(piece: string): void {
    if (this.#pieces.push(piece) < PIECES) return;
    this.#parts.push(this.#pieces.join(''));
    this.#pieces = [];
  }

  /** Writes a value behind what leads to it in its line. */
  #write(lead: string, value: Value, depth: number): void {
    if (isList(value)) this.#list(lead, value, depth);
    else if (isDict(value)) this.#dict(lead, value, depth);
    else this.#put(lead + this.#scalar(value));
  }

  #scalar(value: Value): string {
    if (value === null) return 'null';
    if (typeof value === 'boolean') return String(value);
    if (typeof value === 'string') return quoted(value, this.#style.ascii);
    if (value instanceof Template) return quoted(value.text, this.#style.ascii);
    return numberText(value);
  }

  #list(lead: string, items: readonly Value[], depth: number): void {
    this.#put(`${lead}[`);
    const [first, next, last] = this.#between(items.length === 0 ? undefined : depth);
    for (const [index, item] of items.entries()) this.#write(index === 0 ? first : next, item, depth + 1);
    this.#put(`${last}]`);
  }

  #dict(lead: string, dict: Dict, depth: number): void {
    const keys = this.#keys(dict);
    this.#put(`${lead}{`);
    const [first, next, last] = this.#between(keys.length === 0 ? undefined : depth);
    let before = first;
    for (const key of keys) {
      this.#write(before + this.#name(key), dict.get(key) as Value, depth + 1);
      before = next;
    }
    this.#put(`${last}}`);
  }

  /** The keys in the order in which they are written; that of one host serves for the next, which often has the same. */
  #keys(dict: Dict): readonly Value[] {
    const keys = [...dict.keys()];
    if (!this.#style.sort) return keys;
    const before = this.#order;
    if (keys.length === before.keys.length && keys.every((key, index) => key === before.keys[index]))
      return before.sorted;
    const sorted = [...keys];
    sortKeys(sorted);
    this.#order = { keys, sorted };
    return sorted;
  }

  /** What stands before the first part, before each of the others, and behind the last; no depth: there are none. */
  #between(depth: number | undefined): readonly [string, string, string] {
    const { indent } = this.#style;
    if (indent === undefined || depth === undefined) return ['', ', ', ''];
    const lead = `\n${' '.repeat(indent * (depth + 1))}`;
    return [lead, `,${lead}`, `\n${' '.repeat(indent * depth)}`];
  }

  /** A key with its colon; thousands of dicts may hold the same. */
  #name(key: Value): string {
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const name = `${quoted(keyText(key), this.#style.ascii)}: `;
    this.#names.set(key, name);
    return name;
  }
}

/** The value of a JSON text; its numbers keep being ints or floats as they were written. */
export const fromJson = (text: string): Value => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw templateError(`The text is no JSON: ${cause instanceof Error ? cause.message : String(cause)}.`);
  }
  // Floats such as 2.0 lose their point in JavaScript; where one is written, the texts are read again with it.
  return /\d\.0+(?!\d)|\d[eE]|\d{16}/.test(text) ? exact(text) : converted(parsed);
};

const converted = (parsed: unknown): Value => {
  if (Array.isArray(parsed)) return parsed.map(converted);
  if (typeof parsed === 'object' && parsed !== null)
    return new Map(Object.entries(parsed).map(([key, item]) => [key, converted(item)] as [Value, Value]));
  return parsed as Value;
};

const exact = (text: string): Value => {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[[\]{},:]/g) ?? [];
  let at = 0;
  const value = (): Value => {
    const token = tokens[at++] as string;
    if (token === '[') return items();
    if (token === '{') return entries();
    if (token.startsWith('"')) return JSON.parse(token) as string;
    if (token === 'true' || token === 'false') return token === 'true';
    if (token === 'null') return null;
    if (/[.eE]/.test(token)) return float(Number(token));
    const whole = BigInt(token);
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
  };
  const items = (): Value => {
    const list: Value[] = [];
    while (tokens[at] !== ']') {
      list.push(value());
      if (tokens[at] === ',') at++;
    }
    at++;
    return list;
  };
  const entries = (): Value => {
    const dict = new Map<Value, Value>();
    while (tokens[at] !== '}') {
      const key = JSON.parse(tokens[at++] as string) as string;
      at++;
      dict.set(key, value());
      if (tokens[at] === ',') at++;
    }
    at++;
    return dict;
  };
  return value();
};
