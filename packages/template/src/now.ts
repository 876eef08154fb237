import { float } from '@ratchet/core';
import { Callable, type Item, Members, templateError } from './item.js';
import { str } from './python-text.js';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const two = (value: number, width = 2): string => String(value).padStart(width, '0');

const parts = (date: Date, utc: boolean) => ({
  year: utc ? date.getUTCFullYear() : date.getFullYear(),
  month: (utc ? date.getUTCMonth() : date.getMonth()) + 1,
  day: utc ? date.getUTCDate() : date.getDate(),
  weekday: utc ? date.getUTCDay() : date.getDay(),
  hour: utc ? date.getUTCHours() : date.getHours(),
  minute: utc ? date.getUTCMinutes() : date.getMinutes(),
  second: utc ? date.getUTCSeconds() : date.getSeconds(),
  microsecond: date.getUTCMilliseconds() * 1000,
});

/** How far the local clock is from UTC, as `+0100`. */
const zoneOffset = (date: Date): string => {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
};

const zoneName = (date: Date): string => {
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(date);
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  // Node knows the letters of few zones, and writes GMT+1 where Python has CET.
  if (/^[A-Z]+$/.test(name)) return name;
  throw templateError('The letters of the local time zone are not known here.', 'Use %z, or utc=true.');
};

/** What `%z` and `%Z` stand for. */
export type Zone = (directive: 'z' | 'Z') => string;

/** The zone of a time on the clock of the controller, or of UTC. */
export const zoneOf =
  (date: Date, utc: boolean): Zone =>
  (directive) => {
    if (directive === 'z') return utc ? '+0000' : zoneOffset(date);
    return utc ? 'GMT' : zoneName(date);
  };

// As a Python datetime that was given no zone.
const noZone: Zone = () => '';

/** The year and the week of ISO 8601: a week belongs to the year of its Thursday. */
const isoWeek = (at: {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
}) => {
  const thursday = new Date(Date.UTC(at.year, at.month - 1, at.day + 4 - (at.weekday || 7)));
  const year = thursday.getUTCFullYear();
  return { year, week: Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * 86_400_000)) + 1 };
};

/** A time as `strftime` writes it in the C locale; a directive that is not known is an error. */
export const formatTime = (date: Date, format: string, utc: boolean, zone: Zone = noZone): string => {
  const at = parts(date, utc);
  const iso = isoWeek(at);
  const clock = `${two(at.hour)}:${two(at.minute)}:${two(at.second)}`;
  const half = at.hour < 12 ? 'AM' : 'PM';
  const yearStart = Date.UTC(at.year, 0, 1);
  const dayOfYear = Math.floor((Date.UTC(at.year, at.month - 1, at.day) - yearStart) / 86_400_000) + 1;
  const known = new Map<string, string>([
    ['Y', String(at.year)],
    ['y', two(at.year % 100)],
    ['m', two(at.month)],
    ['d', two(at.day)],
    ['H', two(at.hour)],
    ['M', two(at.minute)],
    ['S', two(at.second)],
    ['f', two(at.microsecond, 6)],
    ['I', two(at.hour % 12 || 12)],
    ['p', half],
    ['P', half.toLowerCase()],
    ['k', String(at.hour).padStart(2)],
    ['l', String(at.hour % 12 || 12).padStart(2)],
    ['r', `${two(at.hour % 12 || 12)}:${two(at.minute)}:${two(at.second)} ${half}`],
    ['C', two(Math.floor(at.year / 100))],
    ['G', String(iso.year)],
    ['g', two(iso.year % 100)],
    ['V', two(iso.week)],
    ['j', two(dayOfYear, 3)],
    ['A', DAYS[at.weekday] as string],
    ['a', (DAYS[at.weekday] as string).slice(0, 3)],
    ['B', MONTHS[at.month - 1] as string],
    ['b', (MONTHS[at.month - 1] as string).slice(0, 3)],
    ['h', (MONTHS[at.month - 1] as string).slice(0, 3)],
    ['w', String(at.weekday)],
    ['u', String(at.weekday || 7)],
    ['e', String(at.day).padStart(2)],
    ['s', String(Math.floor(date.getTime() / 1000))],
    ['%', '%'],
    ['n', '\n'],
    ['t', '\t'],
    ['F', `${at.year}-${two(at.month)}-${two(at.day)}`],
    ['T', clock],
    ['X', clock],
    ['D', `${two(at.month)}/${two(at.day)}/${two(at.year % 100)}`],
    ['x', `${two(at.month)}/${two(at.day)}/${two(at.year % 100)}`],
    ['R', `${two(at.hour)}:${two(at.minute)}`],
    ['U', two(Math.floor((dayOfYear - 1 + 7 - at.weekday) / 7))],
    ['W', two(Math.floor((dayOfYear - 1 + 7 - ((at.weekday + 6) % 7)) / 7))],
    [
      'c',
      `${(DAYS[at.weekday] as string).slice(0, 3)} ${(MONTHS[at.month - 1] as string).slice(0, 3)} ${String(at.day).padStart(2)} ${clock} ${at.year}`,
    ],
  ]);
  return format.replace(/%(-?)(.)/gs, (all, bare: string, directive: string) => {
    const text = directive === 'z' || directive === 'Z' ? zone(directive) : known.get(directive);
    if (text === undefined) throw templateError(`strftime does not know ${all}.`);
    // glibc's `%-d`: without what fills a number up.
    return bare ? text.replace(/^[0 ]+(?=\d)/, '') : text;
  });
};

/** A point in time: what `now()` and `to_datetime` give. */
export class Moment extends Members {
  readonly milliseconds: number;
  constructor(milliseconds: number, members: Map<string, Item>, text: string) {
    super(members, text);
    this.milliseconds = milliseconds;
  }
}

/** A point in time with the members of Python's datetime. */
export const momentOf = (date: Date, utc: boolean): Moment => {
  const { weekday, ...at } = parts(date, utc);
  const members = new Map<string, Item>(Object.entries(at));
  const fraction = at.microsecond === 0 ? '' : '.%f';
  members.set('strftime', new Callable('strftime', (args) => formatTime(date, str(args.need(0, 'format')), utc)));
  members.set('isoformat', new Callable('isoformat', () => formatTime(date, `%Y-%m-%dT%H:%M:%S${fraction}`, utc)));
  members.set('timestamp', new Callable('timestamp', () => float(date.getTime() / 1000)));
  members.set('weekday', new Callable('weekday', () => (weekday + 6) % 7));
  return new Moment(date.getTime(), members, formatTime(date, `%Y-%m-%d %H:%M:%S${fraction}`, utc));
};

/** The time between two moments, with the members of Python's timedelta. */
export const between = (later: Moment, earlier: Moment): Members => {
  const milliseconds = later.milliseconds - earlier.milliseconds;
  const days = Math.floor(milliseconds / 86_400_000);
  const rest = milliseconds - days * 86_400_000;
  const seconds = Math.floor(rest / 1000);
  const microseconds = Math.round((rest - seconds * 1000) * 1000);
  const clock = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const text = `${days === 0 ? '' : `${days} day${Math.abs(days) === 1 ? '' : 's'}, `}${clock}`;
  const members = new Map<string, Item>([
    ['days', days],
    ['seconds', seconds],
    ['microseconds', microseconds],
    ['total_seconds', new Callable('total_seconds', () => float(milliseconds / 1000))],
  ]);
  return new Members(members, microseconds === 0 ? text : `${text}.${two(microseconds, 6)}`);
};

const FIELDS: Readonly<Record<string, readonly [string, string]>> = {
  Y: ['year', '\\d{4}'],
  y: ['shortYear', '\\d{2}'],
  m: ['month', '\\d{1,2}'],
  d: ['day', '\\d{1,2}'],
  H: ['hour', '\\d{1,2}'],
  I: ['hour', '\\d{1,2}'],
  M: ['minute', '\\d{1,2}'],
  S: ['second', '\\d{1,2}'],
  f: ['fraction', '\\d{1,6}'],
  j: ['dayOfYear', '\\d{1,3}'],
  p: ['half', '[AaPp][Mm]'],
  B: ['monthName', MONTHS.join('|')],
  b: ['monthName', MONTHS.map((name) => name.slice(0, 3)).join('|')],
  A: ['dayName', DAYS.join('|')],
  a: ['dayName', DAYS.map((name) => name.slice(0, 3)).join('|')],
};

const patternOf = (format: string): RegExp => {
  const source = format.replace(/%(.)|\s+|[.*+?^${}()|[\]\\]/gs, (all, directive: string | undefined) => {
    if (directive === undefined) return /\s/.test(all) ? '\\s+' : `\\${all}`;
    if (directive === '%') return '%';
    const field = Object.hasOwn(FIELDS, directive) ? FIELDS[directive] : undefined;
    if (!field) throw templateError(`to_datetime does not know %${directive}.`);
    return `(?<${field[0]}>${field[1]})`;
  });
  return new RegExp(`^${source}$`, 'i');
};

/** A text as a moment, read as Python's `strptime` reads it. */
export const readMoment = (text: string, format: string): Moment => {
  const found = patternOf(format).exec(text)?.groups;
  if (!found) throw templateError(`The text "${text}" is no time of the form "${format}".`);
  const number = (name: string, otherwise: number): number =>
    found[name] === undefined ? otherwise : Number(found[name]);
  const short = number('shortYear', 0);
  const year =
    found['year'] === undefined && found['shortYear'] !== undefined
      ? short + (short < 69 ? 2000 : 1900)
      : number('year', 1900);
  const named = MONTHS.findIndex(
    (name) => name.slice(0, 3).toLowerCase() === found['monthName']?.slice(0, 3).toLowerCase(),
  );
  const month = named === -1 ? number('month', 1) - 1 : named;
  const half = found['half']?.toLowerCase();
  const hour = half === undefined ? number('hour', 0) : (number('hour', 0) % 12) + (half === 'pm' ? 12 : 0);
  const fraction = Number((found['fraction'] ?? '').padEnd(3, '0').slice(0, 3));
  const day = number('day', 1);
  const date = new Date(Date.UTC(year, month, day, hour, number('minute', 0), number('second', 0), fraction));
  if (date.getUTCDate() !== day || hour > 23 || number('minute', 0) > 59 || month > 11)
    throw templateError(`The text "${text}" is no time of the form "${format}".`);
  if (found['dayOfYear'] !== undefined) date.setUTCMonth(0, number('dayOfYear', 1));
  return momentOf(date, true);
};
