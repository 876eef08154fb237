import type { Value } from '@ratchet/core';
import { braceFormat } from './brace-format.js';
import { type Args, templateError } from './item.js';
import { found, type Method, text, whole } from './method.js';
import { isDict, isInteger, isList, iterate, tuple, typeName } from './python.js';
import { str } from './python-text.js';
import { capitalized, centered, splitText, stripped, titled } from './text-methods.js';

const affix = (own: string, args: Args, name: 'startsWith' | 'endsWith'): boolean => {
  const parts = args.need(0, 'prefix');
  const part = cutOut(own, whole(args, 1, 'start', 0), whole(args, 2, 'end', own.length));
  return isList(parts) ? parts.some((one) => part[name](String(one))) : part[name](text(args, 0, 'prefix'));
};
const cutOut = (own: string, start: number, end: number): string => own.slice(start, end);
const fillOf = (args: Args): string => {
  const fill = args.get(1, 'fill') === undefined ? ' ' : text(args, 1, 'fill');
  if ([...fill].length !== 1) throw templateError('What a text is filled up with must be one character.');
  return fill;
};
const expanded = (own: string, size: number): string => {
  let column = 0;
  return own.replace(/\t|[^\t]/gs, (unit) => {
    if (unit === '\n' || unit === '\r') column = -1;
    const width = unit !== '\t' ? 1 : size <= 0 ? 0 : size - (column % size);
    column += width;
    return unit === '\t' ? ' '.repeat(width) : unit;
  });
};
const translated = (own: string, args: Args): string => {
  const table = args.need(0, 'table');
  if (!isDict(table)) throw templateError(`translate wants a dict, not a ${typeName(table)}.`);
  return [...own]
    .map((unit) => {
      const found = table.get(unit.codePointAt(0) as number);
      if (found === undefined) return unit;
      if (found === null) return '';
      return isInteger(found) ? String.fromCodePoint(Number(found)) : str(found);
    })
    .join('');
};
const all = (own: string, pattern: RegExp): boolean => own !== '' && pattern.test(own);
const parted = (own: string, at: number, mark: string, last: boolean): Value => {
  if (at === -1) return tuple(last ? ['', '', own] : [own, '', '']);
  return tuple([own.slice(0, at), mark, own.slice(at + mark.length)]);
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

/** Python's methods of `str`. */
export const textMethods = new Map<string, Method<string>>([
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
      const lines =
        own.match(/[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|$)/g) ?? [];
      const whole = lines.filter((line, index) => line !== '' || index < lines.length - 1);
      return args.get(0, 'keepends') === true
        ? whole
        : whole.map((line) => line.replace(/(?:\r\n|[^\P{Cc}\t]|[\u2028\u2029])$/u, ''));
    },
  ],
  ['replace', (own, args) => replaced(own, text(args, 0, 'old'), text(args, 1, 'new'), whole(args, 2, 'count', -1))],
  ['startswith', (own, args) => affix(own, args, 'startsWith')],
  ['endswith', (own, args) => affix(own, args, 'endsWith')],
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
  ['isdigit', (own) => all(own, /^[\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089]+$/u)],
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
  ['ljust', (own, args) => own.padEnd(whole(args, 0, 'width', 0), fillOf(args))],
  ['rjust', (own, args) => own.padStart(whole(args, 0, 'width', 0), fillOf(args))],
  ['center', (own, args) => centered(own, whole(args, 0, 'width', 0), fillOf(args))],
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
  ['istitle', (own) => /\p{L}/u.test(own) && own === titled(own)],
  ['isidentifier', (own) => all(own, /^[\p{L}_][\p{L}\p{N}_]*$/u)],
  ['isascii', (own) => /^[\x00-\x7f]*$/.test(own)],
  ['isprintable', (own) => !/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(own)],
  ['expandtabs', (own, args) => expanded(own, Math.min(100, whole(args, 0, 'tabsize', 8)))],
  ['translate', translated],
  ['format', (own, args) => braceFormat(own, args)],
]);
