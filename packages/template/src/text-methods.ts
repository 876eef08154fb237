import type { Value } from '@ratchet/core';
import { templateError } from './item.js';
import { typeName } from './python.js';

/** Python's `str.title`. */
export const titled = (text: string): string =>
  text.replace(/\p{L}+/gu, (word) => (word[0] as string).toUpperCase() + word.slice(1).toLowerCase());

/** Python's `str.capitalize`. */
export const capitalized = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase();

/** Python's `strip` family; null strips white space. */
export const stripped = (text: string, chars: Value, side: 'both' | 'start' | 'end'): string => {
  if (chars !== null && typeof chars !== 'string') throw templateError(`strip wants a text, not a ${typeName(chars)}.`);
  const strip = (unit: string): boolean => (chars === null ? /\s/.test(unit) : chars.includes(unit));
  let start = 0;
  let end = text.length;
  if (side !== 'end') while (start < end && strip(text[start] as string)) start++;
  if (side !== 'start') while (end > start && strip(text[end - 1] as string)) end--;
  return text.slice(start, end);
};

/** Python's `split` and `rsplit`; a null separator is any run of white space. */
export const splitText = (text: string, separator: Value, limit: number, fromEnd: boolean): string[] => {
  if (separator !== null && typeof separator !== 'string')
    throw templateError(`split wants a text, not a ${typeName(separator)}.`);
  if (separator === '') throw templateError('The separator of split is empty.');
  if (separator === null) return splitSpace(text, limit, fromEnd);
  const parts = text.split(separator);
  if (limit < 0 || parts.length <= limit + 1) return parts;
  if (fromEnd) return [parts.slice(0, parts.length - limit).join(separator), ...parts.slice(parts.length - limit)];
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)];
};

const splitSpace = (text: string, limit: number, fromEnd: boolean): string[] => {
  const words = text.trim() === '' ? [] : text.trim().split(/\s+/);
  if (limit < 0 || words.length <= limit + 1) return words;
  if (fromEnd) {
    const tail = words.slice(words.length - limit);
    let rest = text.trimEnd();
    for (let index = tail.length - 1; index >= 0; index--)
      rest = rest.slice(0, -(tail[index] as string).length).trimEnd();
    return [rest.trimStart(), ...tail];
  }
  let rest = text.trimStart();
  const head = words.slice(0, limit);
  for (const word of head) rest = rest.slice(word.length).trimStart();
  return [...head, rest.trimEnd()];
};

/** Python's `str.center`. */
export const centered = (text: string, width: number, fill: string): string => {
  const gap = width - text.length;
  if (gap <= 0) return text;
  const left = Math.floor(gap / 2) + (gap & width & 1);
  return text.padStart(text.length + left, fill).padEnd(width, fill);
};
