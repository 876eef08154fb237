import type { Value } from '@ratchet/core';
import { Callable, type Item, Members } from './item.js';
import { equals } from './python.js';

/** The `loop` object of each round of a `for`. */
export const loopMembers = (items: readonly Value[], depth: number, recurse: Callable | undefined) => {
  let last: readonly Value[] | undefined;
  const changed = new Callable('loop.changed', (args) => {
    const values = args.rest(0);
    const same = last !== undefined && equals(last, values);
    last = values;
    return !same;
  });
  return (index: number): Members => {
    const cycle = new Callable('loop.cycle', (args) => {
      const values = args.rest(0);
      return values[index % Math.max(1, values.length)] ?? null;
    });
    const members: [string, Item][] = [
      ['index', index + 1],
      ['index0', index],
      ['revindex', items.length - index],
      ['revindex0', items.length - index - 1],
      ['first', index === 0],
      ['last', index === items.length - 1],
      ['length', items.length],
      ['depth', depth + 1],
      ['depth0', depth],
      ['cycle', cycle],
      ['changed', changed],
    ];
    if (index > 0) members.push(['previtem', items[index - 1] as Value]);
    if (index < items.length - 1) members.push(['nextitem', items[index + 1] as Value]);
    if (recurse) members.push(['__call__', recurse]);
    return new Members(new Map(members), '<loop>');
  };
};
