import { SyntaxFault } from './lexer.js';

/** What encloses the parts of a template. */
export interface Delimiters {
  readonly variableStart: string | undefined;
  readonly variableEnd: string | undefined;
  readonly blockStart: string | undefined;
  readonly blockEnd: string | undefined;
  readonly commentStart: string | undefined;
  readonly commentEnd: string | undefined;
}

interface Pair {
  readonly start: string;
  readonly end: string;
  readonly own: readonly [start: string, end: string];
}

const pairsOf = (given: Partial<Delimiters>): readonly Pair[] => [
  { start: given.commentStart ?? '{#', end: given.commentEnd ?? '#}', own: ['{#', '#}'] },
  { start: given.blockStart ?? '{%', end: given.blockEnd ?? '%}', own: ['{%', '%}'] },
  { start: given.variableStart ?? '{{', end: given.variableEnd ?? '}}', own: ['{{', '}}'] },
];

/** Where a part ends: the end mark that stands in no quoted text (in a comment, the first one). */
const endOf = (text: string, from: number, { end, own }: Pair): number => {
  if (own[0] === '{#') return text.indexOf(end, from);
  for (let at = from; at < text.length; at++) {
    if (text.startsWith(end, at)) return at;
    const quote = text[at];
    if (quote !== '"' && quote !== "'") continue;
    for (at++; at < text.length && text[at] !== quote; at++) if (text[at] === '\\') at++;
  }
  return -1;
};

// What would open a part under the usual marks is plain text under others.
const literal = (text: string): string => text.replace(/\{(?=[{%#])/g, "{{ '{' }}");

/** The same template with Jinja's usual marks; places after the first changed mark shift along their line. */
export const withDefaultDelimiters = (text: string, given: Partial<Delimiters>): string => {
  const pairs = pairsOf(given);
  if (pairs.every(({ start, end, own }) => start === own[0] && end === own[1])) return text;
  let done = '';
  for (let at = 0; ; ) {
    const opening = pairs
      .map((pair) => ({ pair, start: text.indexOf(pair.start, at) }))
      .filter(({ start }) => start !== -1)
      .sort((a, b) => a.start - b.start || b.pair.start.length - a.pair.start.length)[0];
    if (!opening) return done + literal(text.slice(at));
    const { pair, start } = opening;
    const end = endOf(text, start + pair.start.length, pair);
    if (end === -1) throw new SyntaxFault(`"${pair.start}" is never closed by "${pair.end}".`, start);
    const inside = text.slice(start + pair.start.length, end);
    done += literal(text.slice(at, start)) + pair.own[0] + inside + pair.own[1];
    at = end + pair.end.length;
  }
};
