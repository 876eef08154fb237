import { BLANK, FOLDED, LINE_END, NotPlain } from './plain-letters.js';

/** A block text, and the start of the first line behind it. */
export interface BlockText {
  readonly value: string;
  readonly end: number;
}

const HEADER = /[|>]-? *\n/y;

const indentAt = (text: string, start: number): number => {
  let at = start;
  while (text.charCodeAt(at) === BLANK) at++;
  return at - start;
};

/** The lines of a block without their indentation, empty ones as '', and where they end. */
const linesFrom = (text: string, from: number, column: number): { readonly lines: string[]; readonly end: number } => {
  const indent = indentAt(text, from);
  if (indent <= column || text.charCodeAt(from + indent) === LINE_END) throw new NotPlain();
  const lines: string[] = [];
  let start = from;
  while (start < text.length) {
    const here = indentAt(text, start);
    const isEmpty = text.charCodeAt(start + here) === LINE_END;
    if (isEmpty ? here > indent : here < indent) break;
    const end = text.indexOf('\n', start);
    // The last line's missing break counts, and blanks that are more than the indentation are text.
    if (end === -1) throw new NotPlain();
    lines.push(isEmpty ? '' : text.slice(start + indent, end));
    start = end + 1;
  }
  if (text.charCodeAt(start + indentAt(text, start)) === LINE_END) throw new NotPlain();
  return { lines, end: start };
};

const folded = (lines: readonly string[]): string => {
  let value = '';
  let empty = 0;
  for (const [index, line] of lines.entries()) {
    if (line.charCodeAt(0) === BLANK) throw new NotPlain();
    if (line === '') empty++;
    else {
      value += (index === 0 ? '' : empty === 0 ? ' ' : '\n'.repeat(empty)) + line;
      empty = 0;
    }
  }
  return value;
};

/**
 * The text of a block (`|`, `|-`, `>`, `>-`) whose mark stands at `start`, below a parent in this column. Throws NotPlain for any other
 * header, and where a rule for rare cases would count.
 */
export const readBlockText = (text: string, start: number, column: number): BlockText => {
  HEADER.lastIndex = start;
  const header = HEADER.exec(text)?.[0];
  if (header === undefined) throw new NotPlain();
  const { lines, end } = linesFrom(text, start + header.length, column);
  while (lines.at(-1) === '') lines.pop();
  const value = text.charCodeAt(start) === FOLDED ? folded(lines) : lines.join('\n');
  return { value: header[1] === '-' ? value : `${value}\n`, end };
};
