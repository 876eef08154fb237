import { RatchetError } from '@ratchet/core';

/** A time in seconds since 1970, or `keep` what the file has. */
export type TimeWish = number | 'keep';

const FIELDS: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})',
  y: '(?<y>\\d{2})',
  m: '(?<m>\\d{1,2})',
  d: '(?<d>\\d{1,2})',
  H: '(?<H>\\d{1,2})',
  M: '(?<M>\\d{1,2})',
  S: '(?<S>\\d{1,2})',
};

const patternOf = (format: string): RegExp => {
  const source = format.replace(/%(.)|([.*+?^${}()|[\]\\])/g, (_, field?: string, special?: string) => {
    if (special !== undefined) return `\\${special}`;
    if (field === '%') return '%';
    const known = FIELDS[field ?? ''];
    if (known === undefined)
      throw new RatchetError('task-failed', `%${field} is not supported in a time's format.`, {
        hint: `Use %Y %y %m %d %H %M %S.`,
      });
    return known;
  });
  return new RegExp(`^${source}$`);
};

/** `preserve`, `now`, or a local time written as `format` says (strptime's fields). Errors: `task-failed`. */
export const fileTime = (given: string, format: string, now: number): TimeWish => {
  if (given === 'preserve') return 'keep';
  if (given === 'now') return now;
  const found = patternOf(format).exec(given)?.groups;
  if (!found)
    throw new RatchetError('task-failed', `Error while obtaining timestamp for time ${given} using format ${format}`);
  const part = (name: string, otherwise: number): number => Number(found[name] ?? otherwise);
  const year = found['Y'] === undefined ? 2000 + part('y', 0) : part('Y', 1970);
  return new Date(year, part('m', 1) - 1, part('d', 1), part('H', 0), part('M', 0), part('S', 0)).getTime() / 1000;
};
