import { Float, type Value } from '@ratchet/core';

const booleans = new Map(
  [
    ['yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
    ['no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
  ].flat(),
);
const nulls = new Set(['', '~', 'null', 'Null', 'NULL']);
const LONGEST_WORD = 5;
const sign = '[-+]?';
const integer = new RegExp(`^${sign}(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)$`);
// Most integers; no way over a bigint for them.
const small = /^[-+]?(?:0|[1-9][0-9]{0,14})$/;
const base60 = new RegExp(`^${sign}[1-9][0-9_]*(?::[0-5]?[0-9])+$`);
const decimal = new RegExp(`^(?:${sign}[0-9][0-9_]*\\.[0-9_]*|\\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$`);
const base60Decimal = new RegExp(`^${sign}[0-9][0-9_]*(?::[0-5]?[0-9])+\\.[0-9_]*$`);
const infinity = /^([-+]?)\.(?:inf|Inf|INF)$/;
const notANumber = /^\.(?:nan|NaN|NAN)$/;

type Plain = Exclude<Value, readonly Value[] | Map<Value, Value> | object> | Float;

/** An integer as a number where that is exact, else as a bigint. */
export const exactInteger = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;

const split = (text: string): readonly [bigint, string] => {
  const digits = text.replaceAll('_', '');
  return [digits.startsWith('-') ? -1n : 1n, digits.replace(/^[-+]/, '')];
};

const readInteger = (text: string): number | bigint => {
  const [factor, digits] = split(text);
  const octal = /^0[0-7]+$/.test(digits);
  const prefix = /^0[bx]$/.test(digits) ? 0n : BigInt(octal ? `0o${digits.slice(1)}` : digits);
  return exactInteger(factor * prefix);
};

const readBase60 = (text: string): number | bigint => {
  const [factor, digits] = split(text);
  return exactInteger(factor * digits.split(':').reduce((total, part) => total * 60n + BigInt(part), 0n));
};

const readBase60Decimal = (text: string): number => {
  const [factor, digits] = split(text);
  return Number(factor) * digits.split(':').reduce((total, part) => total * 60 + Number(part), 0);
};

const floatOf = (value: number): number | Float =>
  Number.isInteger(value) || !Number.isFinite(value) ? new Float(value) : value;

/**
 * A plain (unquoted) scalar as PyYAML's safe loader reads it: YAML 1.1 words, octal `0644`, base 60, floats only with a
 * dot and a signed exponent. Dates stay text, as Ansible shows them.
 */
export const readPlainScalar = (text: string): Plain => {
  if (text.length <= LONGEST_WORD) {
    if (nulls.has(text)) return null;
    const truth = booleans.get(text);
    if (truth !== undefined) return truth;
  }
  if (!/^[-+.0-9]/.test(text)) return text;
  if (small.test(text)) return Number(text) + 0;
  // No number has two points; addresses and versions have.
  if (text.indexOf('.') !== text.lastIndexOf('.')) return text;
  if (integer.test(text)) return readInteger(text);
  if (base60.test(text)) return readBase60(text);
  if (decimal.test(text)) return floatOf(Number(text.replaceAll('_', '')));
  if (base60Decimal.test(text)) return floatOf(readBase60Decimal(text));
  const infinite = infinity.exec(text);
  if (infinite) return new Float(infinite[1] === '-' ? -Infinity : Infinity);
  return notANumber.test(text) ? new Float(Number.NaN) : text;
};
