import { type Position, sourceError } from '@ratchet/core';

/** One word of an INI line, quotes and backslashes taken off, with the offset at which it starts in the line. */
export interface Word {
  readonly text: string;
  readonly offset: number;
}

// Letters that stand for themselves: outside of quotes, in double and in single ones.
const BARE = /[^\s'"\\#]+/y;
const IN_DOUBLE = /[^"\\]+/y;
const IN_SINGLE = /[^']+/y;

const runAt = (line: string, at: number, letters: RegExp): string => {
  letters.lastIndex = at;
  return letters.exec(line)?.[0] ?? '';
};

/** Splits a line as a POSIX shell would; `#` outside of quotes begins a comment. */
export const shellWords = (line: string, position: Position): readonly Word[] => {
  const words: Word[] = [];
  let text: string | undefined;
  let start = 0;
  let quote: string | undefined;
  const put = (part: string, at: number): void => {
    if (text === undefined) start = at;
    text = (text ?? '') + part;
  };
  for (let at = 0; at < line.length; ) {
    const letter = line[at] as string;
    const run = runAt(line, at, quote === undefined ? BARE : quote === '"' ? IN_DOUBLE : IN_SINGLE);
    if (run !== '') {
      put(run, at);
      at += run.length;
      continue;
    }
    if (letter === '#' && quote === undefined) break;
    at++;
    if (letter === '\\') {
      const kept = quote === '"' && !/["\\]/.test(line[at] ?? '') ? letter : (line[at++] ?? '');
      put(kept, at - 1);
    } else if (quote === letter) quote = undefined;
    else if (letter === '"' || letter === "'") {
      put('', at - 1);
      quote = letter;
    } else {
      if (text !== undefined) words.push({ text, offset: start });
      text = undefined;
    }
  }
  if (quote)
    throw sourceError('inventory-invalid', `A quote (${quote}) is opened in this line and not closed.`, position);
  if (text !== undefined) words.push({ text, offset: start });
  return words;
};
