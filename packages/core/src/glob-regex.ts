import { CLASS_SYNTAX, literal, SYNTAX } from './regex-literal.js';

/** What stands between the brackets, as a class; a range that ends before it starts holds nothing. */
const classOf = (inside: string): string => {
  const not = inside.startsWith('!');
  const units = [...(not ? inside.slice(1) : inside)];
  let members = '';
  for (let at = 0; at < units.length; at++) {
    const from = units[at] as string;
    const to = units[at + 1] === '-' ? units[at + 2] : undefined;
    if (to === undefined) {
      members += literal(from, CLASS_SYNTAX);
      continue;
    }
    at += 2;
    if ((from.codePointAt(0) as number) <= (to.codePointAt(0) as number))
      members += `${literal(from, CLASS_SYNTAX)}-${literal(to, CLASS_SYNTAX)}`;
  }
  return members === '' && not ? '.' : `[${not ? '^' : ''}${members}]`;
};

// The first member may be a bracket that closes nothing.
const CLASS = /^\[(!(?:\][^\]]*|[^\]]+)|(?:\]|(?!!)[^\]])[^\]]*)\]/u;

/** A shell pattern as Python's `fnmatch` reads it, for whole names: `*`, `?`, `[a-z]`, `[!a]`. A bracket that is never closed is itself. */
export const globRegex = (pattern: string): RegExp => {
  let source = '';
  for (let rest = pattern; rest !== ''; ) {
    const found = CLASS.exec(rest);
    const [unit = ''] = rest;
    const whole = found?.[0] ?? unit;
    if (found) source += classOf(found[1] as string);
    else if (unit === '*') source += '.*';
    else source += unit === '?' ? '.' : literal(unit, SYNTAX);
    rest = rest.slice(whole.length);
  }
  return new RegExp(`^${source}$`, 'sv');
};
