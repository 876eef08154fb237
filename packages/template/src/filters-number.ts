import { Float, float, type Value } from '@ratchet/core';
import { exactInteger } from '@ratchet/source';
import { binary } from './arithmetic.js';
import { type Filter, flagArg, numberArg, ofList, ofText, ofValue, textArg } from './filter.js';
import { fixed } from './fixed.js';
import { defined, templateError } from './item.js';
import { member } from './member.js';
import { isInteger, toNumber, typeName } from './python.js';
import { str } from './python-text.js';

const wholeNumber = ofValue((value, args) => {
  const otherwise = args.get(0, 'default') ?? 0;
  const base = numberArg(args, 1, 'base', 10);
  if (typeof value === 'string') return textToInteger(value.trim(), base) ?? otherwise;
  if (isInteger(value)) return value;
  const number = toNumber(value);
  return number === undefined || !Number.isFinite(number) ? otherwise : exactInteger(BigInt(Math.trunc(number)));
});

const PREFIXES: Readonly<Record<string, number>> = { '0b': 2, '0o': 8, '0x': 16 };

/** Digits in a base from 2 to 36, with the prefix of theirs or, in base 0, of any. */
const digitsToInteger = (digits: string, base: number): number | bigint | undefined => {
  const [, sign, prefix = '', rest = ''] = /^([-+]?)(0[box])?(\w+)$/.exec(digits.toLowerCase()) ?? [];
  const own = PREFIXES[prefix];
  const radix = base === 0 ? (own ?? 10) : base;
  const text = own === undefined || own === radix ? rest : prefix + rest;
  let value = 0n;
  for (const digit of text) {
    const worth = Number.parseInt(digit, 36);
    if (Number.isNaN(worth) || worth >= radix) return undefined;
    value = value * BigInt(radix) + BigInt(worth);
  }
  return text === '' ? undefined : exactInteger(sign === '-' ? -value : value);
};

const textToInteger = (text: string, base: number): number | bigint | undefined => {
  const digits = text.replace(/(?<=\w)_(?=\w)/g, '');
  const inBase = base === 10 ? undefined : digitsToInteger(digits, base);
  if (inBase !== undefined) return inBase;
  if (base === 10 && /^[-+]?\d+$/.test(digits)) return exactInteger(BigInt(digits.replace('+', '')));
  const number = textToFloat(text);
  return number === undefined || !Number.isFinite(number) ? undefined : exactInteger(BigInt(Math.trunc(number)));
};

const textToFloat = (text: string): number | undefined => {
  const trimmed = text.trim().toLowerCase();
  if (/^[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[-+]?\d+)?$/.test(trimmed)) return Number(trimmed.replaceAll('_', ''));
  const word = /^([-+]?)(?:inf|infinity)$/.exec(trimmed);
  if (word) return word[1] === '-' ? -Infinity : Infinity;
  return trimmed === 'nan' ? Number.NaN : undefined;
};

// Python rounds a tie to the even neighbour, of the number as it is stored.
const halfEven = (value: number): number => {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
};

const rounded = ofValue((value, args) => {
  const precision = numberArg(args, 0, 'precision', 0);
  const method = textArg(args, 1, 'method', 'common');
  const number = toNumber(value);
  if (number === undefined) throw templateError(`A ${typeName(value)} cannot be rounded.`);
  if (method === 'common') {
    if (isInteger(value) && precision >= 0) return value;
    if (precision > 0) return float(Number(fixed(number, precision)));
  }
  const factor = 10 ** precision;
  if (method === 'common' && isInteger(value)) return exactInteger(BigInt(halfEven(number * factor) / factor));
  const scaled = number * factor;
  if (method === 'ceil') return float(Math.ceil(scaled) / factor);
  if (method === 'floor') return float(Math.floor(scaled) / factor);
  if (method !== 'common') throw templateError(`There is no way of rounding "${method}".`);
  return float(halfEven(scaled) / factor);
});

const absolute = ofValue((value) => {
  if (typeof value === 'bigint') return value < 0n ? -value : value;
  if (value instanceof Float) return new Float(Math.abs(value.value));
  const number = toNumber(value);
  if (number === undefined) throw templateError(`A ${typeName(value)} has no absolute value.`);
  return Math.abs(number);
});

const UNITS = ['', 'K', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];

const humanReadable = ofValue((value, args) => {
  const bits = flagArg(args, 0, 'isbits');
  const unit = args.get(1, 'unit');
  const size = toNumber(value) ?? Number(str(value));
  if (Number.isNaN(size))
    throw templateError(`human_readable failed on bad input: "${str(value)}" is no number of bytes.`);
  const wanted =
    typeof unit === 'string'
      ? UNITS.indexOf(unit.toUpperCase().slice(0, 1))
      : UNITS.findLastIndex((_, index) => size >= 1024 ** index);
  const power = Math.max(0, wanted);
  const name = bits ? 'b' : 'B';
  const word = power === 0 ? (bits ? 'bits' : 'Bytes') : `${UNITS[power]}${name}`;
  return `${(size / 1024 ** power).toFixed(2)} ${word}`;
});

const humanToBytes = ofText((text, args) => {
  const otherwise = textArg(args, 0, 'default_unit', '');
  const bits = flagArg(args, 1, 'isbits');
  const found = /^\s*(\d*\.?\d*)\s*([A-Za-z]+)?\s*$/.exec(text);
  const unit = found?.[2] ?? otherwise;
  const range = unit.slice(0, 1).toUpperCase();
  const power = range === 'B' ? 0 : UNITS.indexOf(range);
  // `Mb` are bits and `MB` bytes; one letter, and whole words, may be of either case.
  const fits = unit.length < 2 || unit.toLowerCase().includes(bits ? 'bit' : 'byte') || unit[1] === (bits ? 'b' : 'B');
  if (!found?.[1] || power === -1 || !fits)
    throw templateError(
      `human_to_bytes() can't interpret following string: ${text}`,
      'Write a size such as 10MB, or 10Mb with isbits.',
    );
  return Math.round(Number(found[1]) * 1024 ** power);
});

const fileSize = ofValue((value, args) => {
  const binary = flagArg(args, 0, 'binary');
  const size = toNumber(value) ?? Number(str(value));
  if (Number.isNaN(size)) throw templateError('filesizeformat wants a number of bytes.');
  const base = binary ? 1024 : 1000;
  if (size === 1) return '1 Byte';
  if (size < base) return `${Math.trunc(size)} Bytes`;
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log(size) / Math.log(base)));
  const unit = UNITS[power] ?? '';
  return `${(size / base ** power).toFixed(1)} ${binary ? `${unit}i` : unit === 'K' ? 'k' : unit}B`;
});

const domain = (result: number): Value => {
  if (Number.isFinite(result)) return float(result);
  throw templateError('pow, root and log have no such value: math domain error.');
};

const number = (value: Value): number => {
  const found = typeof value === 'string' ? undefined : toNumber(value);
  if (found === undefined)
    throw templateError(`pow, root and log can only be used on numbers, not on a ${typeName(value)}.`);
  return found;
};

/** Filters of numbers. */
export const numberFilters: readonly (readonly [string, Filter])[] = [
  ['int', wholeNumber],
  [
    'float',
    ofValue((value, args) => {
      const otherwise = args.get(0, 'default') ?? new Float(0);
      const found = typeof value === 'string' ? textToFloat(value) : toNumber(value);
      return found === undefined ? otherwise : float(found);
    }),
  ],
  ['round', rounded],
  ['abs', absolute],
  [
    'sum',
    ofList((items, args) => {
      const path = args.get(0, 'attribute');
      const start = args.get(1, 'start') ?? 0;
      return items.reduce<Value>(
        (total, item) => binary('+', total, path === undefined || path === null ? item : defined(member(item, path))),
        start,
      );
    }),
  ],
  ['pow', ofValue((value, args) => float(number(value) ** numberArg(args, 0, 'y', 1)))],
  ['root', ofValue((value, args) => domain(number(value) ** (1 / numberArg(args, 0, 'base', 2))))],
  ['log', ofValue((value, args) => domain(Math.log(number(value)) / Math.log(numberArg(args, 0, 'base', Math.E))))],
  ['human_readable', humanReadable],
  ['human_to_bytes', humanToBytes],
  ['filesizeformat', fileSize],
];
