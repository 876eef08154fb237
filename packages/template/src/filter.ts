import type { Value } from '@ratchet/core';
import type { Engine } from './engine.js';
import { type Args, defined, type Item, templateError } from './item.js';
import { iterate, toNumber, truthy, typeName } from './python.js';
import { str } from './python-text.js';

/** A filter: an item to an item. An undefined item reaches it as Undefined. */
export type Filter = (item: Item, args: Args, engine: Engine) => Item;

/** A filter of a value; an undefined item is an error. */
export const ofValue =
  (work: (value: Value, args: Args, engine: Engine) => Item): Filter =>
  (item, args, engine) =>
    work(defined(item), args, engine);

/** A filter of a text; other values are written as Python writes them. */
export const ofText = (work: (text: string, args: Args) => Item): Filter =>
  ofValue((value, args) => work(str(value), args));

/** A filter of a list, or of whatever can be iterated over. */
export const ofList = (work: (items: readonly Value[], args: Args, engine: Engine) => Item): Filter =>
  ofValue((value, args, engine) => work(iterate(value), args, engine));

export const textArg = (args: Args, index: number, name: string, otherwise: string): string => {
  const value = args.get(index, name);
  return value === undefined || value === null ? otherwise : str(value);
};

export const flagArg = (args: Args, index: number, name: string, otherwise = false): boolean =>
  truthy(args.get(index, name) ?? otherwise);

export const numberArg = (args: Args, index: number, name: string, otherwise: number): number => {
  const value = args.get(index, name);
  if (value === undefined || value === null) return otherwise;
  const number = typeof value === 'string' ? Number(value) : toNumber(value);
  if (number === undefined || Number.isNaN(number))
    throw templateError(`"${name}" must be a number, not a ${typeName(value)}.`);
  return number;
};
