import { runInNewContext } from 'node:vm';
import { templateError } from './item.js';

export interface RegexFlags {
  readonly ignoreCase?: boolean;
  readonly multiline?: boolean;
  readonly global?: boolean;
}

const MAX_ENTRIES = 1000;
const TIME_LIMIT = 2000;
const cache = new Map<string, RegExp>();

/** A Python regular expression as a JavaScript one. */
export const pythonRegex = (pattern: string, { ignoreCase, multiline, global }: RegexFlags = {}): RegExp => {
  const inline = /^\(\?([aiLmsux]+)\)/.exec(pattern);
  const has = (flag: string): boolean => inline?.[1]?.includes(flag) ?? false;
  const flags = `${global ? 'g' : ''}${ignoreCase || has('i') ? 'i' : ''}${multiline || has('m') ? 'm' : ''}${has('s') ? 's' : ''}`;
  const key = `${flags}/${pattern}`;
  const known = cache.get(key);
  if (known) return known;
  const source = translated(
    inline ? pattern.slice(inline[0].length) : pattern,
    flags.includes('m'),
    flags.includes('s'),
  );
  try {
    const made = new RegExp(source, flags);
    if (cache.size >= MAX_ENTRIES) cache.clear();
    cache.set(key, made);
    return made;
  } catch (thrown) {
    // The engine's reason stands behind the last colon: "Nothing to repeat".
    const reason = thrown instanceof Error ? (thrown.message.split(': ').at(-1) ?? '') : '';
    throw templateError(`The regular expression "${pattern}" is not valid: ${reason.toLowerCase()}.`);
  }
};

const translated = (pattern: string, multiline: boolean, dotAll: boolean): string => {
  let out = '';
  let inClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const unit = pattern[at] as string;
    const rest = pattern.slice(at, at + 4);
    if (unit === '\\') {
      const next = pattern[++at] ?? '\\';
      if (!inClass && next === 'A') out += '(?<![\\s\\S])';
      else if (!inClass && next === 'Z') out += '(?![\\s\\S])';
      else out += `\\${next}`;
    } else if (inClass) {
      if (unit === ']') inClass = false;
      out += unit;
    } else if (unit === '[') {
      inClass = true;
      out += unit;
      const caret = pattern[at + 1] === '^' ? 1 : 0;
      if (caret) out += '^';
      at += caret;
      if (pattern[at + 1] === ']') {
        out += '\\]';
        at++;
      }
    } else if (rest.startsWith('(?P<')) {
      out += '(?<';
      at += 3;
    } else if (rest === '(?P=') {
      const end = pattern.indexOf(')', at);
      out += `\\k<${pattern.slice(at + 4, end)}>`;
      at = end === -1 ? pattern.length : end;
    } else if (unit === '.' && !dotAll) out += '[^\\n]';
    else if (unit === '$' && !multiline) out += '(?=\\n?(?![\\s\\S]))';
    else out += unit;
  }
  return out;
};

// A pattern with a repetition inside a repetition can take exponential time; only those pay for a watched run.
const risky = (source: string): boolean => /[+*}][^()]*\)[+*{]|\|[^()]*\)[+*{]/.test(source);

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
  risky(regex.source) && text.length > 20 ? watched(regex, text, 'regex.exec(text)') : regex.exec(text);

/** All matches of a global expression, bounded in time. */
export const allMatches = (regex: RegExp, text: string): readonly RegExpExecArray[] =>
  risky(regex.source) && text.length > 20
    ? watched(regex, text, '[...text.matchAll(regex)]')
    : [...text.matchAll(regex)];

/** Python's replacement text (`\1`, `\g<name>`) for one match. */
export const expandReplacement = (replacement: string, found: RegExpExecArray): string =>
  replacement.replace(/\\(?:g<(\w+)>|(\d{1,2})|([\s\S]))/g, (all, name, number, other) => {
    if (other !== undefined) return ({ n: '\n', t: '\t', r: '\r', '\\': '\\' } as Record<string, string>)[other] ?? all;
    return groupOf(found, name ?? number) ?? '';
  });

/** A group by number or name; a group that is not there is an error. */
export const groupOf = (found: RegExpExecArray, group: string): string | undefined => {
  if (/^\d+$/.test(group) && Number(group) < found.length) return found[Number(group)];
  if (found.groups && Object.hasOwn(found.groups, group)) return found.groups[group];
  throw templateError(`The regular expression has no group "${group}".`);
};
