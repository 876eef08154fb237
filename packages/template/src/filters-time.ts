import { type Filter, flagArg, ofText, textArg } from './filter.js';
import { templateError } from './item.js';
import { formatTime, readMoment, zoneOf } from './now.js';
import { toNumber } from './python.js';
import { str } from './python-text.js';

const strftime = ofText((format, args) => {
  const second = args.get(0, 'second');
  const utc = flagArg(args, 1, 'utc');
  const shown = (date: Date): string => formatTime(date, format, utc, zoneOf(date, utc));
  if (second === undefined || second === null) return shown(new Date());
  const seconds = toNumber(second) ?? Number(str(second));
  // What a Date can hold: some 270,000 years.
  if (!(Math.abs(seconds) <= 8.64e12)) throw templateError(`"${str(second)}" is no number of seconds.`);
  return shown(new Date(seconds * 1000));
});

/** Filters of times. */
export const timeFilters: readonly (readonly [string, Filter])[] = [
  ['strftime', strftime],
  ['to_datetime', ofText((text, args) => readMoment(text, textArg(args, 0, 'format', '%Y-%m-%d %H:%M:%S')))],
];
