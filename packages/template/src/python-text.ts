import { Float, Template, type Value } from '@ratchet/core';
import { isDict, isList, isTuple, typeName } from './python.js';

/** A float as Python writes it: `2.0`, `1e+16`, `1e-05`. */
export const floatText = (value: number): string => {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [digits, power] = value.toExponential().split('e') as [string, string];
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16)
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  const plain =
    exponent < 0 ? value.toFixed(Math.max(0, digits.replace(/^-?\d\.?/, '').length - exponent)) : String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
};

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

const quoted = (text: string): string => {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = quote;
  for (const unit of text) {
    const code = unit.codePointAt(0) as number;
    if (unit === quote) out += `\\${unit}`;
    else if (Object.hasOwn(named, unit)) out += named[unit];
    else if (code < 0x20 || (code >= 0x7f && code <= 0xa0) || code === 0xad)
      out += `\\x${code.toString(16).padStart(2, '0')}`;
    else out += unit;
  }
  return out + quote;
};

const tupleText = (items: readonly Value[]): string =>
  items.length === 1 ? `(${repr(items[0] as Value)},)` : `(${items.map(repr).join(', ')})`;

/** Python's `repr()`. */
export const repr = (value: Value): string => {
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Template) return quoted(value.text);
  if (isTuple(value)) return tupleText(value as readonly Value[]);
  if (isList(value)) return `[${value.map(repr).join(', ')}]`;
  if (isDict(value)) return `{${[...value].map(([key, item]) => `${repr(key)}: ${repr(item)}`).join(', ')}}`;
  return str(value);
};

/** Python's `str()`. */
export const str = (value: Value): string => {
  if (typeof value === 'string') return value;
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value instanceof Float) return floatText(value.value);
  if (typeof value === 'number') return typeName(value) === 'int' ? BigInt(value).toString() : floatText(value);
  return typeof value === 'bigint' ? value.toString() : repr(value);
};

const PRETTY_WIDTH = 80;

/** Python's `pprint.pformat`: dicts sorted, and what does not fit into 80 columns one item a line. */
export const pretty = (value: Value, column = 0): string => {
  const sorted = sortedKeys(value);
  const short = repr(sorted);
  if (column + short.length <= PRETTY_WIDTH) return short;
  const lead = `,\n${' '.repeat(column + 1)}`;
  if (isDict(sorted))
    return `{${[...sorted]
      .map(([key, item]) => `${repr(key)}: ${pretty(item, column + 3 + repr(key).length)}`)
      .join(lead)}}`;
  if (isList(sorted)) return `[${sorted.map((item) => pretty(item, column + 1)).join(lead)}]`;
  return short;
};

const sortedKeys = (value: Value): Value => {
  if (isList(value)) return isTuple(value) ? value : value.map(sortedKeys);
  if (!isDict(value)) return value;
  const entries = [...value].map(([key, item]) => [key, sortedKeys(item)] as [Value, Value]);
  return new Map(entries.sort(([a], [b]) => (str(a) < str(b) ? -1 : str(a) > str(b) ? 1 : 0)));
};
