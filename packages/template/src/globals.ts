import type { Value } from '@ratchet/core';
import type { Engine } from './engine.js';
import { type Args, asPart, Callable, defined, type Item, Members, templateError, Undefined } from './item.js';
import { runLookup } from './lookups.js';
import { formatTime, momentOf } from './now.js';
import { isDict, iterate, toNumber, truthy } from './python.js';
import { str } from './python-text.js';

const MAX_RANGE = 100_000;

const range = (args: Args): Value => {
  if (args.positional.length === 0) throw templateError('range expected at least 1 argument, got 0');
  const numbers = args.rest(0).map((value) => {
    const number = toNumber(value);
    if (number === undefined || !Number.isInteger(number)) throw templateError('range wants whole numbers.');
    return number;
  });
  const [start, stop, step] =
    numbers.length === 1 ? [0, numbers[0] as number, 1] : [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 1];
  if (step === 0) throw templateError('The step of range cannot be 0.');
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (length > MAX_RANGE) throw templateError(`range may have at most ${MAX_RANGE} items.`);
  return Array.from({ length }, (_, index) => start + index * step);
};

const dict = (args: Args): Value => {
  const first = args.get(0, 'iterable');
  const made = new Map<Value, Value>();
  for (const pair of first === undefined ? [] : isDict(first) ? [...first] : iterate(first).map(iterate)) {
    if (pair.length !== 2) throw templateError(`dict wants pairs, and one has ${pair.length} items; 2 is required.`);
    made.set(pair[0] as Value, pair[1] as Value);
  }
  for (const [name, item] of args.options()) made.set(name, item instanceof Undefined ? asPart(item) : defined(item));
  return made;
};

const namespace = (args: Args): Item => {
  const first = args.get(0, 'dict');
  const start =
    first !== undefined && isDict(first) ? [...first].map(([key, item]) => [str(key), item] as [string, Item]) : [];
  return new Members(new Map([...start, ...args.options()]), '<Namespace>');
};

const now = (args: Args): Item => {
  const utc = truthy(args.get(0, 'utc') ?? false);
  const format = args.get(1, 'fmt');
  const date = new Date();
  return typeof format === 'string' ? formatTime(date, format, utc) : momentOf(date, utc);
};

const cycler = (args: Args): Item => {
  const values = args.rest(0);
  if (values.length === 0) throw templateError('cycler wants at least one value.');
  let at = 0;
  const members = new Map<string, Item>([['current', values[0] as Value]]);
  const set = (index: number): void => {
    at = index % values.length;
    members.set('current', values[at] as Value);
  };
  members.set(
    'next',
    new Callable('next', () => {
      const current = values[at] as Value;
      set(at + 1);
      return current;
    }),
  );
  members.set(
    'reset',
    new Callable('reset', () => {
      set(0);
      return null;
    }),
  );
  return new Members(members, '<cycler>');
};

const joiner = (args: Args): Item => {
  const separator = args.get(0, 'sep') ?? ', ';
  let used = false;
  return new Callable('joiner', () => {
    if (used) return separator;
    used = true;
    return '';
  });
};

const lookup = (name: string, asList: boolean, engine: Engine): Callable =>
  new Callable(name, (args) => {
    const options = new Map([...args.options()].map(([key, item]) => [key, defined(item)]));
    const wantList = asList || truthy(options.get('wantlist') ?? false);
    options.delete('wantlist');
    const plugin = str(args.need(0, 'name'));
    const found = runLookup(plugin, args.rest(1), options, engine);
    if (wantList) return found;
    if (found.length === 1) return found[0] as Value;
    if (found.length === 0 && options.get('errors') !== undefined) return null;
    return found.every((item) => typeof item === 'string') ? found.join(',') : found;
  });

/** The functions that every template may call. */
export const globalsOf = (engine: Engine): ReadonlyMap<string, Item> =>
  new Map<string, Item>([
    ['range', new Callable('range', range)],
    ['dict', new Callable('dict', dict, true)],
    ['now', new Callable('now', now)],
    ['cycler', new Callable('cycler', cycler)],
    ['joiner', new Callable('joiner', joiner)],
    ['namespace', new Callable('namespace', namespace, true)],
    ['lookup', lookup('lookup', false, engine)],
    ['query', lookup('query', true, engine)],
    ['q', lookup('q', true, engine)],
    ['undef', new Callable('undef', (args) => engine.undefinedMember(str(args.get(0, 'hint') ?? 'undef')))],
  ]);
