import { type Position, PYTHON_ESCAPES, sourceError } from '@ratchet/core';

/** One `name=value` of a one-line task, quotes taken off. */
export interface Pair {
  readonly name: string;
  readonly value: string;
  readonly position: Position;
}

interface Word {
  readonly word: string;
  readonly offset: number;
  /** The last one, when a quote in it has no end. */
  readonly open?: true;
}

/** Words of a line: split at white space outside of quotes and of `{{ }}`, `{% %}`. Quotes are kept. */
export const splitWords = (text: string): readonly Word[] => {
  const words: Word[] = [];
  let start = -1;
  let quote = '';
  let depth = 0;
  for (let at = 0; at <= text.length; at++) {
    const letter = text[at] ?? ' ';
    const two = text.slice(at, at + 2);
    if (quote === '' && (two === '{{' || two === '{%')) depth++;
    if (quote === '' && (two === '}}' || two === '%}') && depth > 0) depth--;
    const ends = at === text.length || (quote === '' && depth === 0 && /\s/.test(letter));
    if (ends) {
      if (start !== -1)
        words.push({ word: text.slice(start, at), offset: start, ...(quote === '' ? {} : { open: true as const }) });
      start = -1;
      continue;
    }
    if (start === -1) start = at;
    if (text[at - 1] === '\\') continue;
    if (quote === '' && (letter === '"' || letter === "'")) quote = letter;
    else if (letter === quote) quote = '';
  }
  return words;
};

const unquoted = (text: string): string => (/^(["'])(?:.*[^\\])?\1$/s.test(text) ? text.slice(1, -1) : text);

const ESCAPE = /\\(?:U([0-9a-fA-F]{8})|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(N\{[^}]+\})|([\\'"abfnrtv]))/g;

/** A value with Python's escapes read, but for numbers in base eight, as in Ansible. Throws `param-invalid` for one by a letter's name. */
const decoded = (text: string, position: Position): string =>
  text.replace(ESCAPE, (written: string, wide, four, two, name, letter: string | undefined) => {
    if (letter !== undefined) return PYTHON_ESCAPES[letter] ?? letter;
    const code = Number.parseInt(wide ?? four ?? two, 16);
    if (name === undefined && code <= 0x10ffff) return String.fromCodePoint(code);
    throw sourceError('param-invalid', `The escape ${written} is not supported in name=value.`, position, {
      hint: 'Write the letter itself, or \\uXXXX with its number.',
    });
  });

/** The value of `name=value` as it counts: escapes read, quotes around it taken off. Errors: see `splitFreeForm`. */
export const pairValue = (written: string, position: Position): string => unquoted(decoded(written, position));

// A name can be a template or hold some (`"{{ item }}=x"`); an equals sign within one is part of it.
const PAIR = /^((?:[A-Za-z_]|\{\{.*?\}\})(?:\w|\{\{.*?\}\})*)=(.*)$/s;

/** Whether a word is `name=value`. */
export const isPair = (word: string): boolean => PAIR.test(word);

/**
 * What stays of the space around a backslash that stands alone at the end of a line: as ansible-core 2.14 has it, the space before it and the
 * next line's indent but for one letter, and the line breaks but for one.
 */
const acrossLines = (before: string, after: string): string => {
  const lines = after.split('\n');
  const indent = ' '.repeat(Math.max(0, (lines.at(-1) ?? '').length - 1));
  return lines.length > 2 ? '\n'.repeat(lines.length - 2) + indent : before + indent;
};

/**
 * The `name=value` words of a text, escapes read, and the rest of it, as it stands but for backslashes that stand alone at the end of a
 * line. `isParameter` says which names count. Throws `param-invalid` for a quote without an end, and an escape that is not supported.
 */
export const splitFreeForm = (
  text: string,
  position: Position,
  isParameter: (name: string) => boolean,
): { readonly pairs: readonly Pair[]; readonly rest: string } => {
  const pairs: Pair[] = [];
  const words = splitWords(text);
  let rest = '';
  // The space after the last word that was kept.
  let space = '';
  for (const [index, { word, offset, open }] of words.entries()) {
    const end = offset + word.length;
    const after = text.slice(end, words[index + 1]?.offset ?? text.length);
    const isLast = index === words.length - 1;
    const at = { file: position.file, offset: position.offset + offset };
    const found = PAIR.exec(word);
    const name = found?.[1];
    if (found && name !== undefined && isParameter(name)) {
      if (open)
        throw sourceError('param-invalid', `The quote in ${name}= has no end.`, at, {
          hint: 'A backslash before a quote makes it a letter of the text.',
        });
      pairs.push({ name, value: pairValue(found[2] as string, at), position: at });
      if (isLast) space = '';
    } else if (word === '\\' && rest !== '' && after.startsWith('\n')) space = isLast ? '' : acrossLines(space, after);
    else {
      rest += (rest === '' ? '' : space) + word;
      space = after;
    }
  }
  return { pairs, rest: rest === '' ? '' : rest + space };
};
