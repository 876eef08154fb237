import { type Position, sourceError } from '@ratchet/core';

/** One word of an INI line, quotes and backslashes taken off, with the offset at which it starts in the line. */
export interface Word {
  readonly text: string;
  readonly offset: number;
}

/** Splits a line as a POSIX shell would; `#` at the start of a word begins a comment. */
export const shellWords = (line: string, position: Position): readonly Word[] => {
  const words: Word[] = [];
  let text: string | undefined;
  let start = 0;
  let quote: string | undefined;
  const put = (letter: string, at: number): void => {
    if (text === undefined) start = at;
    text = (text ?? '') + letter;
  };
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] as string;
    if (quote) {
      if (letter === quote) quote = undefined;
      else if (letter === '\\' && quote === '"' && /["\\]/.test(line[at + 1] ?? '')) put(line[++at] as string, at);
      else put(letter, at);
    } else if (letter === '"' || letter === "'") {
      put('', at);
      quote = letter;
    } else if (letter === '\\') put(line[++at] ?? '', at);
    else if (/\s/.test(letter)) {
      if (text !== undefined) words.push({ text, offset: start });
      text = undefined;
    } else if (letter === '#') break;
    else put(letter, at);
  }
  if (quote)
    throw sourceError('inventory-invalid', `A quote (${quote}) is opened in this line and not closed.`, position);
  if (text !== undefined) words.push({ text, offset: start });
  return words;
};
