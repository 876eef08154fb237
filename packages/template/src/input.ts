import { Template, type Value } from '@ratchet/core';
import type { Engine } from './engine.js';
import { type Item, isNoValue, orUndefined } from './item.js';

/** Filters and tests that look at items one by one: a list may hold what is undefined, a dict what is made only when it is asked for. */
const LOOK_AT_ITEMS: ReadonlySet<string> = new Set([
  ...['map', 'select', 'reject', 'selectattr', 'rejectattr', 'list', 'length', 'count', 'first', 'last', 'reverse'],
  ...['extract', 'items', 'dict2items', 'zip', 'zip_longest', 'batch', 'slice', 'sort', 'groupby'],
]);

/** Filters and tests that tell or choose without a look at what a list or a dict holds. */
const LOOK_FROM_OUTSIDE: ReadonlySet<string> = new Set([
  ...['default', 'd', 'ternary', 'type_debug', 'defined', 'undefined', 'none', 'string', 'number', 'integer', 'float'],
  ...['boolean', 'true', 'false', 'mapping', 'sequence', 'iterable', 'callable', 'truthy', 'falsy'],
]);

// In text mode, as in ansible-core 2.14, a variable is as undefined as any of the values in it.
const fromOutside = (engine: Engine, item: Value): Item => {
  if (engine.options.native === false) return orUndefined('', () => engine.loose(item));
  return item instanceof Template ? engine.template(item) : item;
};

/** What a filter or a test is given of an item: as much of it resolved, and free of what is undefined, as it looks at. */
export const inputOf = (engine: Engine, name: string, item: Item): Item => {
  if (isNoValue(item)) return item;
  if (LOOK_FROM_OUTSIDE.has(name)) return fromOutside(engine, item);
  return LOOK_AT_ITEMS.has(name) ? engine.loose(item) : engine.whole(item);
};
