import { type Filter, flagArg, ofText, textArg } from './filter.js';
import { templateError } from './item.js';
import { formatTime, readMoment } from './now.js';
import { toNumber } from './python.js';
import { str } from './python-text.js';

const strftime = ofText((format, args) => {
  const second = args.get(0, 'second');
  const utc = flagArg(args, 1, 'utc');
  if (second === undefined || second === null) return formatTime(new Date(), format, utc);
  const seconds = toNumber(second) ?? Number(str(second));
  if (!Number.isFinite(seconds)) throw templateError(`"${str(second)}" is no number of seconds.`);
  return formatTime(new Date(seconds * 1000), format, utc);
});

/** Filters of times. */
export const timeFilters: readonly (readonly [string, Filter])[] = [
  ['strftime', strftime],
  ['to_datetime', ofText((text, args) => readMoment(text, textArg(args, 0, 'format', '%Y-%m-%d %H:%M:%S')))],
];
