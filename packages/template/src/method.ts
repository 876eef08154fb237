import { type Args, type Item, templateError } from './item.js';
import { toNumber, typeName } from './python.js';

/** A method of a value. */
export type Method<T> = (own: T, args: Args) => Item;

/** An argument that must be a text. */
export const text = (args: Args, index: number, name: string): string => {
  const value = args.need(index, name);
  if (typeof value !== 'string') throw templateError(`"${name}" must be a text, not a ${typeName(value)}.`);
  return value;
};

/** An argument that must be a whole number of a sensible size. */
export const whole = (args: Args, index: number, name: string, otherwise: number): number => {
  const value = args.get(index, name);
  const number = value === undefined || value === null ? otherwise : toNumber(value);
  if (number === undefined || Math.abs(number) > 10_000_000)
    throw templateError(`"${name}" must be a number of a sensible size.`);
  return number;
};

/** An index that was found, or an error. */
export const found = (at: number, what: string): number => {
  if (at === -1) throw templateError(`${what} was not found.`);
  return at;
};
