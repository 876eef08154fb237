import type { Value } from '@ratchet/core';
import type { Engine } from './engine.js';
import { type Args, defined, type Item } from './item.js';

/** A test: whether an item is something. An undefined item reaches it as Undefined. */
export type Test = (item: Item, args: Args, engine: Engine) => boolean;

/** A test of a value; an undefined item is an error. */
export const ofValue =
  (test: (value: Value, args: Args) => boolean): Test =>
  (item, args) =>
    test(defined(item), args);
