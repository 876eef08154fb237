import { runInNewContext } from 'node:vm';
import { PYTHON_ESCAPES, type PythonRegexFlags, pythonRegex as translatedRegex } from '@ratchet/core';
import { templateError } from './item.js';

const MAX_ENTRIES = 1000;
const TIME_LIMIT = 2000;
const cache = new Map<string, RegExp>();

// A pattern with a repetition inside a repetition can take exponential time; only those pay for a watched run.
const RISKY = /[+*}][^()]*\)[+*{]|\|[^()]*\)[+*{]/;
const risky = new WeakSet<RegExp>();

/** A Python regular expression as a JavaScript one. Errors: `template-error`. */
export const pythonRegex = (pattern: string, flags: PythonRegexFlags = {}): RegExp => {
  const key = `${flags.ignoreCase ? 'i' : ''}${flags.multiline ? 'm' : ''}${flags.global ? 'g' : ''}${flags.find ?? ''}/${pattern}`;
  const known = cache.get(key);
  if (known) return known;
  const made = translatedRegex(pattern, flags, 'template-error');
  if (RISKY.test(pattern)) risky.add(made);
  if (cache.size >= MAX_ENTRIES) cache.clear();
  cache.set(key, made);
  return made;
};

const watched = <T>(regex: RegExp, text: string, code: string): T => {
  try {
    return runInNewContext(code, { regex, text }, { timeout: TIME_LIMIT }) as T;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw templateError('The regular expression takes too long.');
    throw thrown;
  }
};

/** The first match, bounded in time. */
export const execRegex = (regex: RegExp, text: string): RegExpExecArray | null =>
  risky.has(regex) && text.length > 20 ? watched(regex, text, 'regex.exec(text)') : regex.exec(text);

/** All matches of a global expression, bounded in time. */
export const allMatches = (regex: RegExp, text: string): readonly RegExpExecArray[] =>
  risky.has(regex) && text.length > 20 ? watched(regex, text, '[...text.matchAll(regex)]') : [...text.matchAll(regex)];

const ESCAPES: Readonly<Record<string, string>> = {
  ...PYTHON_ESCAPES,
  '\\': '\\',
};

/** Python's replacement text (`\1`, `\g<name>`) for one match; what it does not know behind a backslash is an error, as there. */
export const expandReplacement = (replacement: string, found: RegExpExecArray): string =>
  replacement.replace(
    /\\(?:g<(\w+)>|(0[0-7]{0,2}|[1-3][0-7]{2})|(\d{1,2})|([\s\S]|$))/g,
    (all, name, octal, number, other) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (other === undefined) return groupOf(found, name ?? number) ?? '';
      if (Object.hasOwn(ESCAPES, other)) return ESCAPES[other] as string;
      if (other === '' || /[A-Za-z]/.test(other))
        throw templateError(`bad escape ${all} in the replacement "${replacement}".`);
      return all;
    },
  );

/** A group by number or name; a group that is not there is an error. */
export const groupOf = (found: RegExpExecArray, group: string): string | undefined => {
  if (/^\d+$/.test(group) && Number(group) < found.length) return found[Number(group)];
  if (found.groups && Object.hasOwn(found.groups, group)) return found.groups[group];
  throw templateError(`The regular expression has no group "${group}".`);
};
