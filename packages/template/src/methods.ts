import { Float, Template, type Value } from '@ratchet/core';
import { braceFormat } from './brace-format.js';
import { type Args, Callable, templateError } from './item.js';
import { compare, dictGet, equals, isDict, isList, iterate, toNumber, typeName } from './python.js';
import { capitalized, splitText, stripped, titled } from './text-methods.js';

type Method<T> = (own: T, args: Args) => Value;

const text = (args: Args, index: number, name: string): string => {
  const value = args.need(index, name);
  if (typeof value !== 'string') throw templateError(`"${name}" must be a text, not a ${typeName(value)}.`);
  return value;
};
const whole = (args: Args, index: number, name: string, otherwise: number): number => {
  const value = args.get(index, name);
  const number = value === undefined || value === null ? otherwise : toNumber(value);
  if (number === undefined || Math.abs(number) > 10_000_000)
    throw templateError(`"${name}" must be a number of a sensible size.`);
  return number;
};
const found = (at: number, what: string): number => {
  if (at === -1) throw templateError(`${what} was not found.`);
  return at;
};
const affix = (args: Args, test: (part: string) => boolean): boolean => {
  const value = args.need(0, 'prefix');
  return isList(value) ? value.some((part) => test(String(part))) : test(text(args, 0, 'prefix'));
};
const all = (own: string, pattern: RegExp): boolean => own !== '' && pattern.test(own);
const parted = (own: string, at: number, mark: string, last: boolean): Value[] => {
  if (at === -1) return last ? ['', '', own] : [own, '', ''];
  return [own.slice(0, at), mark, own.slice(at + mark.length)];
};
const window = (own: string, args: Args): readonly [string, number] => {
  const start = whole(args, 1, 'start', 0);
  const from = start < 0 ? Math.max(0, own.length + start) : start;
  return [own.slice(0, whole(args, 2, 'end', own.length)), from];
};
const counted = (own: string, part: string): number => (part === '' ? own.length + 1 : own.split(part).length - 1);
const replaced = (own: string, from: string, to: string, count: number): string => {
  if (count < 0) return own.replaceAll(from, () => to);
  let out = own;
  let at = 0;
  for (let done = 0; done < count; done++) {
    const next = out.indexOf(from, at);
    if (next === -1) break;
    out = out.slice(0, next) + to + out.slice(next + from.length);
    at = next + to.length + (from === '' ? 1 : 0);
  }
  return out;
};

const textMethods = new Map<string, Method<string>>([
  ['upper', (own) => own.toUpperCase()],
  ['lower', (own) => own.toLowerCase()],
  ['casefold', (own) => own.toLowerCase()],
  ['title', titled],
  ['capitalize', capitalized],
  [
    'swapcase',
    (own) => [...own].map((unit) => (unit === unit.toUpperCase() ? unit.toLowerCase() : unit.toUpperCase())).join(''),
  ],
  ['strip', (own, args) => stripped(own, args.get(0, 'chars') ?? null, 'both')],
  ['lstrip', (own, args) => stripped(own, args.get(0, 'chars') ?? null, 'start')],
  ['rstrip', (own, args) => stripped(own, args.get(0, 'chars') ?? null, 'end')],
  ['split', (own, args) => splitText(own, args.get(0, 'sep') ?? null, whole(args, 1, 'maxsplit', -1), false)],
  ['rsplit', (own, args) => splitText(own, args.get(0, 'sep') ?? null, whole(args, 1, 'maxsplit', -1), true)],
  [
    'splitlines',
    (own, args) => {
      args.get(0, 'keepends');
      const lines = own.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/);
      return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
    },
  ],
  ['replace', (own, args) => replaced(own, text(args, 0, 'old'), text(args, 1, 'new'), whole(args, 2, 'count', -1))],
  ['startswith', (own, args) => affix(args, (part) => own.startsWith(part))],
  ['endswith', (own, args) => affix(args, (part) => own.endsWith(part))],
  [
    'find',
    (own, args) => {
      const [end, from] = window(own, args);
      return end.indexOf(text(args, 0, 'sub'), from);
    },
  ],
  [
    'index',
    (own, args) => {
      const [end, from] = window(own, args);
      return found(end.indexOf(text(args, 0, 'sub'), from), 'The text');
    },
  ],
  ['rfind', (own, args) => own.lastIndexOf(text(args, 0, 'sub'))],
  ['rindex', (own, args) => found(own.lastIndexOf(text(args, 0, 'sub')), 'The text')],
  ['count', (own, args) => counted(own, text(args, 0, 'sub'))],
  [
    'join',
    (own, args) =>
      iterate(args.need(0, 'iterable'))
        .map((part) => {
          if (typeof part !== 'string') throw templateError(`join wants texts, not a ${typeName(part)}.`);
          return part;
        })
        .join(own),
  ],
  ['partition', (own, args) => parted(own, own.indexOf(text(args, 0, 'sep')), text(args, 0, 'sep'), false)],
  ['rpartition', (own, args) => parted(own, own.lastIndexOf(text(args, 0, 'sep')), text(args, 0, 'sep'), true)],
  ['isdigit', (own) => all(own, /^\p{Nd}+$/u)],
  ['isdecimal', (own) => all(own, /^\p{Nd}+$/u)],
  ['isnumeric', (own) => all(own, /^\p{N}+$/u)],
  ['isalpha', (own) => all(own, /^\p{L}+$/u)],
  ['isalnum', (own) => all(own, /^[\p{L}\p{N}]+$/u)],
  ['isspace', (own) => all(own, /^\s+$/)],
  ['islower', (own) => own === own.toLowerCase() && own !== own.toUpperCase()],
  ['isupper', (own) => own === own.toUpperCase() && own !== own.toLowerCase()],
  [
    'zfill',
    (own, args) => {
      const sign = /^[-+]/.exec(own)?.[0] ?? '';
      return sign + own.slice(sign.length).padStart(whole(args, 0, 'width', 0) - sign.length, '0');
    },
  ],
  [
    'ljust',
    (own, args) =>
      own.padEnd(whole(args, 0, 'width', 0), args.get(1, 'fill') === undefined ? ' ' : text(args, 1, 'fill')),
  ],
  [
    'rjust',
    (own, args) =>
      own.padStart(whole(args, 0, 'width', 0), args.get(1, 'fill') === undefined ? ' ' : text(args, 1, 'fill')),
  ],
  [
    'center',
    (own, args) => {
      const width = whole(args, 0, 'width', 0);
      const left = Math.floor((width - own.length) / 2) + ((width - own.length) & width & 1);
      return own.padStart(own.length + Math.max(0, left)).padEnd(width);
    },
  ],
  [
    'removeprefix',
    (own, args) => (own.startsWith(text(args, 0, 'prefix')) ? own.slice(text(args, 0, 'prefix').length) : own),
  ],
  [
    'removesuffix',
    (own, args) => {
      const end = text(args, 0, 'suffix');
      return end !== '' && own.endsWith(end) ? own.slice(0, -end.length) : own;
    },
  ],
  ['format', (own, args) => braceFormat(own, args)],
]);

const listMethods = new Map<string, Method<Value[]>>([
  [
    'index',
    (own, args) =>
      found(
        own.findIndex((item) => equals(item, args.need(0, 'value'))),
        'The item',
      ),
  ],
  ['count', (own, args) => own.filter((item) => equals(item, args.need(0, 'value'))).length],
  ['copy', (own) => [...own]],
  [
    'append',
    (own, args) => {
      own.push(args.need(0, 'object'));
      return null;
    },
  ],
  [
    'extend',
    (own, args) => {
      own.push(...iterate(args.need(0, 'iterable')));
      return null;
    },
  ],
  [
    'insert',
    (own, args) => {
      own.splice(whole(args, 0, 'index', 0), 0, args.need(1, 'object'));
      return null;
    },
  ],
  [
    'pop',
    (own, args) => {
      const [item] = own.splice(whole(args, 0, 'index', -1), 1);
      if (item === undefined) throw templateError('There is nothing to pop.');
      return item;
    },
  ],
  [
    'remove',
    (own, args) => {
      own.splice(
        found(
          own.findIndex((item) => equals(item, args.need(0, 'value'))),
          'The item',
        ),
        1,
      );
      return null;
    },
  ],
  [
    'reverse',
    (own) => {
      own.reverse();
      return null;
    },
  ],
  [
    'clear',
    (own) => {
      own.length = 0;
      return null;
    },
  ],
  [
    'sort',
    (own, args) => {
      const reverse = args.get(5, 'reverse') === true;
      own.sort(compare);
      if (reverse) own.reverse();
      return null;
    },
  ],
]);

const dictMethods = new Map<string, Method<Map<Value, Value>>>([
  ['keys', (own) => [...own.keys()]],
  ['values', (own) => [...own.values()]],
  ['items', (own) => [...own].map(([key, value]) => [key, value])],
  [
    'get',
    (own, args) => {
      const otherwise = args.get(1, 'default') ?? null;
      return dictGet(own, args.need(0, 'key')) ?? otherwise;
    },
  ],
  ['copy', (own) => new Map(own)],
  [
    'update',
    (own, args) => {
      const other = args.get(0, 'other');
      for (const pair of other === undefined ? [] : isDict(other) ? [...other] : iterate(other).map(iterate))
        own.set(pair[0] as Value, pair[1] as Value);
      for (const [name, value] of args.options()) own.set(name, value as Value);
      return null;
    },
  ],
  [
    'setdefault',
    (own, args) => {
      const key = args.need(0, 'key');
      const value = dictGet(own, key) ?? args.get(1, 'default') ?? null;
      own.set(key, value);
      return value;
    },
  ],
  [
    'pop',
    (own, args) => {
      const key = args.need(0, 'key');
      const value = dictGet(own, key) ?? args.get(1, 'default');
      if (value === undefined) throw templateError('The key to pop is not there.');
      own.delete(key);
      return value;
    },
  ],
  [
    'clear',
    (own) => {
      own.clear();
      return null;
    },
  ],
]);

const numberMethods = new Map<string, Method<Value>>([
  ['is_integer', (own) => Number.isInteger(own instanceof Float ? own.value : own)],
  [
    'bit_length',
    (own) =>
      own === 0
        ? 0
        : BigInt(own as number)
            .toString(2)
            .replace('-', '').length,
  ],
]);

const MUTATING = new Set([
  'append',
  'extend',
  'insert',
  'pop',
  'remove',
  'reverse',
  'clear',
  'sort',
  'update',
  'setdefault',
]);

/** Whether a method changes what it is called on. */
export const mutates = (name: string): boolean => MUTATING.has(name);

/** The method of a value by name: a closed table of Python's; `own` gives the value that a changing method may change. */
export const methodOf = (value: Value, name: string, own: (value: Value) => Value): Callable | undefined => {
  const bind = <T>(table: ReadonlyMap<string, Method<T>>): Callable | undefined => {
    const method = table.get(name);
    return method && new Callable(name, (args) => method(own(value) as T, args));
  };
  if (typeof value === 'string') return bind(textMethods);
  if (isDict(value)) return bind(dictMethods);
  if (isList(value)) return bind(listMethods);
  return value === null || value instanceof Template || typeof value === 'boolean' ? undefined : bind(numberMethods);
};
