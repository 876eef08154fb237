import { Float, float, type Value } from '@ratchet/core';
import { exactInteger } from '@ratchet/source';
import { templateError } from './item.js';
import { percentFormat } from './percent-format.js';
import { isList, toNumber, typeName } from './python.js';
import { str } from './python-text.js';

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**' | '~';

const MAX_LENGTH = 10_000_000;
const MAX_BITS = 100_000;

const isFloat = (value: Value): boolean =>
  value instanceof Float || (typeof value === 'number' && !Number.isInteger(value));

const big = (value: Value): bigint => BigInt(typeof value === 'boolean' ? Number(value) : (value as number | bigint));

const floorDivide = (a: bigint, b: bigint): bigint => {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
};

const power = (a: bigint, b: bigint): bigint => {
  if (b > BigInt(MAX_BITS) || BigInt(a.toString(2).length) * b > BigInt(MAX_BITS))
    throw templateError('The result of ** is too large.');
  return a ** b;
};

const floatPower = (a: number, b: number): Value => {
  if (a === 0 && b < 0) throw templateError('0.0 cannot be raised to a negative power.');
  if (a < 0 && !Number.isInteger(b))
    throw templateError('A root of a negative number is a complex one, which is no value here.');
  return float(a ** b);
};

const integers = (operator: BinaryOperator, a: bigint, b: bigint): Value => {
  if ((operator === '/' || operator === '//' || operator === '%') && b === 0n)
    throw templateError('This is a division by zero.');
  if (operator === '+') return exactInteger(a + b);
  if (operator === '-') return exactInteger(a - b);
  if (operator === '*') return exactInteger(a * b);
  if (operator === '/') return float(Number(a) / Number(b));
  if (operator === '//') return exactInteger(floorDivide(a, b));
  if (operator === '%') return exactInteger(a - b * floorDivide(a, b));
  return b < 0n ? floatPower(Number(a), Number(b)) : exactInteger(power(a, b));
};

const floats = (operator: BinaryOperator, a: number, b: number): Value => {
  if ((operator === '/' || operator === '//' || operator === '%') && b === 0)
    throw templateError('This is a division by zero.');
  if (operator === '+') return float(a + b);
  if (operator === '-') return float(a - b);
  if (operator === '*') return float(a * b);
  if (operator === '/') return float(a / b);
  if (operator === '//') return float(Math.floor(a / b));
  return operator === '%' ? float(a - b * Math.floor(a / b)) : floatPower(a, b);
};

const repeated = (value: Value, times: Value): Value | undefined => {
  const count = toNumber(times);
  if (count === undefined || isFloat(times)) return undefined;
  const size = typeof value === 'string' ? value.length : isList(value) ? value.length : undefined;
  if (size === undefined) return undefined;
  if (size * count > MAX_LENGTH) throw templateError('The result of * is too large.');
  if (typeof value === 'string') return value.repeat(Math.max(0, count));
  return Array.from({ length: Math.max(0, count) }, () => value as readonly Value[]).flat();
};

/** A binary operator with Python's meaning; throws `template-error` for types that do not fit. */
export const binary = (operator: BinaryOperator, a: Value, b: Value): Value => {
  if (operator === '~') return str(a) + str(b);
  if (operator === '%' && typeof a === 'string') return percentFormat(a, b);
  const left = toNumber(a);
  const right = toNumber(b);
  if (left !== undefined && right !== undefined)
    return isFloat(a) || isFloat(b) ? floats(operator, left, right) : integers(operator, big(a), big(b));
  if (operator === '+' && typeof a === 'string' && typeof b === 'string') return a + b;
  if (operator === '+' && isList(a) && isList(b)) return [...a, ...b];
  const copies = operator === '*' ? (repeated(a, b) ?? repeated(b, a)) : undefined;
  if (copies !== undefined) return copies;
  throw templateError(
    `"${operator}" does not work on a ${typeName(a)} and a ${typeName(b)}.`,
    operator === '+' ? 'Join texts with ~, which makes a text of both sides.' : undefined,
  );
};

/** Unary minus and plus. */
export const signed = (operator: '-' | '+', value: Value): Value => {
  const number = toNumber(value);
  if (number === undefined) throw templateError(`"${operator}" does not work on a ${typeName(value)}.`);
  if (isFloat(value)) return float(operator === '-' ? -number : number);
  return exactInteger(operator === '-' ? -big(value) : big(value));
};
