import { didYouMean, type Value } from '@ratchet/core';
import type { Lookup } from './engine.js';
import { templateError } from './item.js';
import { percentFormat } from './percent-format.js';
import { str } from './python-text.js';

const SETTINGS = new Set(['start', 'end', 'count', 'stride', 'format']);
const MAX_ITEMS = 100_000;
const SHORT = /^(?:(\w+)-)?(\w+)(?:\/(-?\w+))?(?::(.+))?$/;
const NUMBER = /^[-+]?(?:0x[0-9a-f]+|0o?[0-7]+|\d+)$/i;

/** The settings of a sequence: `start=1 end=4`, or the short `1-4/2:host%02d`. */
const sequenceSettings = (text: string): Map<string, Value> => {
  const short = SHORT.exec(text.trim());
  if (short) {
    const entries = [
      ['start', short[1]],
      ['end', short[2]],
      ['stride', short[3]],
      ['format', short[4]],
    ] as const;
    return new Map(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  }
  const settings = new Map([...text.matchAll(/(\w+)=(\S+)/g)].map((pair) => [pair[1] as string, pair[2] as string]));
  const unknown = [...settings.keys()].filter((name) => !SETTINGS.has(name));
  const [first] = unknown;
  if (first !== undefined)
    throw templateError(
      `unrecognized arguments to with_sequence: [${unknown.map((name) => `'${name}'`).join(', ')}]`,
      didYouMean(first, [...SETTINGS]) ?? 'Give start, end or count, stride, format.',
    );
  return settings;
};

const wholeNumber = (name: string, value: Value): number => {
  const text = str(value).trim();
  if (!NUMBER.test(text))
    throw templateError(`can't parse ${name}=${text} as integer`, 'Write a whole number, such as start=1 end=4.');
  const digits = text.replace(/^[-+]/, '').replace(/^0(?=[0-7]+$)/, '0o');
  return Number(digits) * (text.startsWith('-') ? -1 : 1);
};

interface Bounds {
  readonly start: number;
  readonly end: number;
  readonly stride: number;
}

/** Where a sequence begins and ends; undefined when it has no items. */
const boundsOf = (settings: ReadonlyMap<string, Value>): Bounds | undefined => {
  const number = (name: string, otherwise: number): number =>
    settings.has(name) ? wholeNumber(name, settings.get(name) ?? '') : otherwise;
  const start = number('start', 1);
  const stride = number('stride', 1);
  if (settings.has('count') && settings.has('end'))
    throw templateError("can't specify both count and end in with_sequence", 'Leave one of them out.');
  if (!settings.has('count') && !settings.has('end'))
    throw templateError('must specify count or end in with_sequence', 'Write end=4, or count=4.');
  const count = number('count', 0);
  if (settings.has('count') && count === 0) return undefined;
  const end = settings.has('count') ? start + (count - 1) * stride : number('end', 0);
  if (stride > 0 && end < start)
    throw templateError('to count backwards make stride negative', 'Write stride=-1, or turn start and end round.');
  if (stride < 0 && end > start)
    throw templateError("to count forward don't make stride negative", 'Write stride=1, or turn start and end round.');
  return { start, end, stride };
};

const formatted = (format: string, value: number): string => {
  if (!/%[-+ #0]*\d*[dxXosiu]/.test(format))
    throw templateError(`bad formatting string: ${format}`, 'Write one %d, %x or %o in it, such as host%02d.');
  return percentFormat(format, value);
};

/** The lookup `sequence`: numbers from one to another, as texts. The words of its errors are those that playbooks match on. */
export const sequence: Lookup = (terms, options) => {
  const settings = new Map([...options, ...sequenceSettings(terms.map(str).join(' '))]);
  const bounds = boundsOf(settings);
  if (!bounds) return [];
  const { start, end, stride } = bounds;
  const count = stride === 0 ? 0 : Math.floor((end - start) / stride) + 1;
  if (count > MAX_ITEMS) throw templateError('The sequence is too long.');
  const format = settings.get('format');
  return Array.from({ length: count }, (_, index) => {
    const value = start + index * stride;
    return typeof format === 'string' ? formatted(format, value) : String(value);
  });
};
