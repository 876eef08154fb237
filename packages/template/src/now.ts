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

/** A time as `strftime` writes it in the C locale; a directive that is not known is an error. */
export const formatTime = (date: Date, format: string, utc: boolean): string => {
  const at = parts(date, utc);
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
    ['p', at.hour < 12 ? 'AM' : 'PM'],
    ['j', two(dayOfYear, 3)],
    ['A', DAYS[at.weekday] as string],
    ['a', (DAYS[at.weekday] as string).slice(0, 3)],
    ['B', MONTHS[at.month - 1] as string],
    ['b', (MONTHS[at.month - 1] as string).slice(0, 3)],
    ['w', String(at.weekday)],
    ['u', String(at.weekday || 7)],
    ['e', String(at.day).padStart(2)],
    ['s', String(Math.floor(date.getTime() / 1000))],
    ['%', '%'],
    ['n', '\n'],
    ['t', '\t'],
    ['F', `${at.year}-${two(at.month)}-${two(at.day)}`],
    ['T', `${two(at.hour)}:${two(at.minute)}:${two(at.second)}`],
    ['D', `${two(at.month)}/${two(at.day)}/${two(at.year % 100)}`],
    ['R', `${two(at.hour)}:${two(at.minute)}`],
    ['z', ''],
    ['Z', ''],
  ]);
  return format.replace(/%(.)/gs, (_all, directive: string) => {
    const text = known.get(directive);
    if (text === undefined) throw templateError(`strftime does not know %${directive}.`);
    return text;
  });
};

/** The object that `now()` gives. */
export const timeMembers = (date: Date, utc: boolean): Members => {
  const { weekday, ...at } = parts(date, utc);
  const members = new Map<string, Item>(Object.entries(at));
  const fraction = at.microsecond === 0 ? '' : '.%f';
  members.set('strftime', new Callable('strftime', (args) => formatTime(date, str(args.need(0, 'format')), utc)));
  members.set('isoformat', new Callable('isoformat', () => formatTime(date, `%Y-%m-%dT%H:%M:%S${fraction}`, utc)));
  members.set('timestamp', new Callable('timestamp', () => date.getTime() / 1000));
  members.set('weekday', new Callable('weekday', () => (weekday + 6) % 7));
  return new Members(members, formatTime(date, `%Y-%m-%d %H:%M:%S${fraction}`, utc));
};
