import { jsonText } from './json-text.js';
import { unifiedLines } from './unified-lines.js';

type Diff = Readonly<Record<string, unknown>>;

const isDiff = (value: unknown): value is Diff => typeof value === 'object' && value !== null && !Array.isArray(value);

const UNENDED = '\\ No newline at end of file';

const textOf = (side: unknown): string =>
  typeof side === 'string' ? side : `${jsonText(side ?? '', { indent: 4, sorted: true })}\n`;

// The mark is part of the last line, so that a line with its end and one without are two.
const linesOf = (text: string): readonly string[] => {
  if (text === '') return [];
  const lines = text.split('\n');
  if (text.endsWith('\n')) return lines.slice(0, -1);
  return [...lines.slice(0, -1), `${lines.at(-1)}\n${UNENDED}`];
};

const header = (sign: string, side: string, name: unknown): string =>
  `${sign} ${side}${name === undefined || name === '' ? '' : `: ${String(name)}`}`;

const SKIPPED: readonly (readonly [string, string])[] = [
  ['dst_binary', 'diff skipped: destination file appears to be binary'],
  ['src_binary', 'diff skipped: source file appears to be binary'],
  ['dst_larger', 'diff skipped: destination file size is greater than '],
  ['src_larger', 'diff skipped: source file size is greater than '],
];

const oneDiff = (diff: Diff, context: number): readonly string[] => {
  const notes = SKIPPED.flatMap(([key, text]) =>
    diff[key] === undefined ? [] : [key.endsWith('larger') ? text + String(diff[key]) : text],
  );
  if (typeof diff['prepared'] === 'string') return [...notes, ...diff['prepared'].split('\n')];
  if (diff['before'] === undefined || diff['after'] === undefined) return notes;
  const hunks = unifiedLines(linesOf(textOf(diff['before'])), linesOf(textOf(diff['after'])), context);
  if (hunks.length === 0) return notes;
  const heads = [header('---', 'before', diff['before_header']), header('+++', 'after', diff['after_header'])];
  return [...notes, ...heads, ...hunks.flatMap((line) => line.split('\n'))];
};

/** The lines of a result's `diff` (before and after, or several of them), as ansible-core writes them; none where there is none. */
export const resultDiff = (
  result: Readonly<Record<string, unknown>> | undefined,
  context: number,
): readonly string[] => {
  const diff = result?.['diff'];
  const lines = (Array.isArray(diff) ? diff : [diff]).filter(isDiff).flatMap((one) => oneDiff(one, context));
  return lines.length === 0 ? [] : [...lines, ''];
};
