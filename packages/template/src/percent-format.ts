import { type Dict, Float, type Value } from '@ratchet/core';
import { fixed } from './fixed.js';
import { defined, type Item, templateError, Undefined } from './item.js';
import { dictGet, isDict, isList, isTuple, toNumber, tuple, typeName } from './python.js';
import { repr, str } from './python-text.js';

const SPEC = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\d+))?[hlL]?(.)/gs;
const MAX_WIDTH = 100_000;

/** `text % values` as Python formats it. */
export const percentFormat = (text: string, values: Value): string =>
  formatted(text, values, isList(values) && isTuple(values) ? values : [values]);

/** `text % items`; an undefined one is an error, but for `%r`, which says that it is. */
export const formatItems = (text: string, items: readonly Item[]): string => formatted(text, tuple([]), items);

const formatted = (text: string, values: Value, queue: readonly Item[]): string => {
  let next = 0;
  const take = (name: string | undefined): Item => {
    if (name !== undefined) return member(values, name);
    if (next >= queue.length) throw templateError('There are fewer values than the format asks for.');
    return queue[next++] as Item;
  };
  const result = text.replace(SPEC, (_all, name, flags: string, width: string | undefined, precision, kind: string) => {
    if (kind === '%') return '%';
    const size = width === '*' ? (toNumber(defined(take(undefined))) ?? 0) : Number(width ?? 0);
    if (size > MAX_WIDTH) throw templateError('The width in the format is too large.');
    return padded(
      one(kind, flags, precision === undefined ? undefined : Number(precision), take(name)),
      flags,
      size,
      kind,
    );
  });
  if (next < queue.length && !isDict(values) && !(next === 0 && isList(values)))
    throw templateError('There are more values than the format asks for.');
  return result;
};

const member = (values: Value, name: string): Value => {
  const found = isDict(values) ? dictGet(values as Dict, name) : undefined;
  if (found === undefined) throw templateError(`The format names "${name}", which the values do not hold.`);
  return found;
};

const number = (value: Value): number => {
  const found = toNumber(value);
  if (found === undefined) throw templateError(`The format wants a number and got a ${typeName(value)}.`);
  return found;
};

const whole = (value: Value): bigint => {
  if (typeof value === 'bigint') return value;
  const found = value instanceof Float ? value.value : number(value);
  if (!Number.isFinite(found)) throw templateError('The format wants a finite number.');
  return BigInt(Math.trunc(found));
};

const withSign = (text: string, flags: string): string => {
  if (text.startsWith('-')) return text;
  return flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text;
};

const exponential = (value: number, precision: number): string =>
  value.toExponential(Math.min(precision, 100)).replace(/e([-+])(\d)$/, 'e$10$2');

const general = (value: number, precision: number): string => {
  if (value === 0) return '0';
  const exponent = Number(value.toExponential(Math.max(0, precision - 1)).split('e')[1]);
  if (exponent < -4 || exponent >= precision)
    return exponential(value, Math.max(0, precision - 1)).replace(/\.?0+e/, 'e');
  const text = value.toFixed(Math.min(100, Math.max(0, precision - 1 - exponent)));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
};

const one = (kind: string, flags: string, precision: number | undefined, item: Item): string => {
  if (item instanceof Undefined && kind === 'r') return `AnsibleUndefined(hint=None, obj=missing, name='${item.name}')`;
  const value = defined(item);
  if (kind === 's' || kind === 'r' || kind === 'a') {
    const text = kind === 's' ? str(value) : repr(value);
    return precision === undefined ? text : text.slice(0, precision);
  }
  if (kind === 'd' || kind === 'i' || kind === 'u') return withSign(whole(value).toString(), flags);
  if (kind === 'x' || kind === 'X' || kind === 'o') {
    const digits = whole(value).toString(kind === 'o' ? 8 : 16);
    const lead = flags.includes('#') ? (kind === 'o' ? '0o' : '0x') : '';
    const text = digits.startsWith('-') ? `-${lead}${digits.slice(1)}` : lead + digits;
    return kind === 'X' ? text.toUpperCase() : text;
  }
  if (kind === 'f' || kind === 'F') return withSign(fixed(number(value), precision ?? 6), flags);
  if (kind === 'e' || kind === 'E') return withSign(exponential(number(value), precision ?? 6), flags);
  if (kind === 'g' || kind === 'G')
    return withSign(general(number(value), precision === 0 ? 1 : (precision ?? 6)), flags);
  if (kind === 'c') return typeof value === 'string' ? value : String.fromCodePoint(Number(whole(value)));
  throw templateError(`The format holds %${kind}, which is not known.`);
};

const padded = (text: string, flags: string, width: number, kind: string): string => {
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0') || 'sra'.includes(kind)) return text.padStart(width);
  const sign = /^[-+ ]?/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
};
