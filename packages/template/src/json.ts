import { float, Template, type Value } from '@ratchet/core';
import { templateError } from './item.js';
import { compare, isDict, isList } from './python.js';
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

/** Python's `json.dumps`: `, ` and `: ` between parts, non-ASCII escaped. */
export const toJson = (value: Value, style: JsonStyle, depth = 0): string => {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quoted(value, style.ascii);
  if (value instanceof Template) return quoted(value.text, style.ascii);
  if (isList(value))
    return wrapped(
      '[',
      value.map((item) => toJson(item, style, depth + 1)),
      ']',
      style,
      depth,
    );
  if (!isDict(value)) return numberText(value);
  const keys = [...value.keys()];
  if (style.sort) keys.sort(compare);
  const parts = keys.map(
    (key) => `${quoted(keyText(key), style.ascii)}: ${toJson(value.get(key) as Value, style, depth + 1)}`,
  );
  return wrapped('{', parts, '}', style, depth);
};

const wrapped = (
  open: string,
  parts: readonly string[],
  close: string,
  { indent }: JsonStyle,
  depth: number,
): string => {
  if (parts.length === 0) return open + close;
  if (indent === undefined) return open + parts.join(', ') + close;
  const lead = `\n${' '.repeat(indent * (depth + 1))}`;
  return `${open}${lead}${parts.join(`,${lead}`)}\n${' '.repeat(indent * depth)}${close}`;
};

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
