import { type Position, sourceError } from '@ratchet/core';

const MAX_HOSTS = 100_000;

const invalid = (message: string, position: Position, hint?: string) =>
  sourceError('inventory-invalid', message, position, { hint });

const numbers = (from: string, to: string, step: number): string[] => {
  const width = from.length > 1 && from.startsWith('0') ? from.length : 0;
  const names: string[] = [];
  for (let at = Number(from); at <= Number(to) && names.length <= MAX_HOSTS; at += step)
    names.push(String(at).padStart(width, '0'));
  return names;
};

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

const letters = (from: string, to: string, step: number): string[] => {
  const [start, end] = [LETTERS.indexOf(from), LETTERS.indexOf(to)];
  return [...LETTERS].filter((_, index) => index >= start && index <= end && (index - start) % step === 0);
};

const parts = (range: string, position: Position): string[] => {
  const found = /^(\d*|[A-Za-z]):(\d+|[A-Za-z])(?::(\d+))?$/.exec(range);
  const [, from = '', to = '', stepText = '1'] = found ?? [];
  const first = from === '' ? '0' : from;
  const digits = /^\d+$/.test(first);
  if (!found || digits !== /^\d+$/.test(to) || Number(stepText) === 0)
    throw invalid(`The range [${range}] is not a host range.`, position, 'Write [01:20], [01:20:2] or [a:f].');
  if (digits && first.startsWith('0') && first.length > 1 && first.length !== to.length)
    throw invalid(`Both ends of the range [${range}] need the same number of digits.`, position);
  const names = digits ? numbers(first, to, Number(stepText)) : letters(first, to, Number(stepText));
  if (names.length === 0) throw invalid(`The range [${range}] ends before it starts.`, position);
  return names;
};

/** `web[01:20:2].example` as the hosts it stands for. Throws `inventory-invalid` at the position. */
export const expandRange = (pattern: string, position: Position): readonly string[] => {
  if (!pattern.includes('[')) return [pattern];
  const found = /^([^[\]]*)\[([^\]]*)\]/.exec(pattern);
  if (!found)
    throw invalid(`The brackets in "${pattern}" are no host range.`, position, 'Write [01:20], [01:20:2] or [a:f].');
  const [whole, head = '', range = ''] = found;
  const tails = expandRange(pattern.slice(whole.length), position);
  const middles = parts(range, position);
  if (middles.length * tails.length > MAX_HOSTS)
    throw invalid(`The range in ${pattern} stands for more than ${MAX_HOSTS} hosts.`, position);
  return middles.flatMap((middle) => tails.map((tail) => `${head}${middle}${tail}`));
};

/** What a written name stands for. */
export interface HostNames {
  readonly names: readonly string[];
  readonly port?: number;
}

// Labels of letters, digits, underscores and inner hyphens. Of any other name a colon and a number are a part, as in Ansible.
const LABEL = '[\\p{L}\\p{N}_](?:[\\p{L}\\p{N}_-]*[\\p{L}\\p{N}_])?';
const LABELS = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`, 'u');

/** A host name as a source writes it: ranges expanded (unless they are part of the name) and `:port` taken off. */
export const readHostName = (written: string, position: Position, ranges = true): HostNames => {
  const bracketed = /^\[([^\]]+)\]:(\d+)$/.exec(written);
  if (bracketed && (bracketed[1] as string).split(':').length > 2)
    return { names: [bracketed[1] as string], port: Number(bracketed[2]) };
  if (/^[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*$/.test(written)) return { names: [written] };
  const colon = /^((?:[^:[\]]|\[[^\]]*\])+):(\d+)$/.exec(written);
  const ported = colon && LABELS.test((colon[1] as string).replace(/\[[^\]]*\]/g, 'x')) ? colon : null;
  const name = ported ? (ported[1] as string) : written;
  if (name === '' || /[\s,]/.test(name))
    throw invalid(`"${written}" is not a host name.`, position, 'A host name has no spaces and no commas.');
  const names = ranges ? expandRange(name, position) : [name];
  return ported ? { names, port: Number(ported[2]) } : { names };
};
