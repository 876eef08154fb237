import { pythonPattern } from './python-pattern.js';

/** What a line of a file is to be. */
export interface LineWish {
  readonly state: 'present' | 'absent';
  readonly line: string | undefined;
  /** A regular expression, or a text that the line holds. */
  readonly matches: RegExp | string | undefined;
  readonly insertAfter: string | undefined;
  readonly insertBefore: string | undefined;
  readonly backrefs: boolean;
  readonly firstMatch: boolean;
}

/** The text with the line as it is wanted, what was done, and how many lines were taken out. */
export interface LineEdit {
  readonly text: string;
  readonly message: string;
  readonly found: number;
}

/** Lines with their own ends. */
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const bare = (line: string): string => line.replace(/\r?\n$/, '');

const does = (matches: RegExp | string, line: string): boolean =>
  typeof matches === 'string' ? line.includes(matches) : matches.test(bare(line));

const withEnd = (line: string, like: string): string => line + (like.endsWith('\r\n') ? '\r\n' : '\n');

/** `\1` and `\g<name>` in a replacement, as Python's Match.expand. */
const filled = (line: string, pattern: RegExp, source: string): string => {
  const found = pattern.exec(source);
  return line.replace(/\\(?:(\d)|g<(\w+)>)/g, (_, digit?: string, name?: string) => {
    const group = digit ?? name ?? '';
    return (/^\d+$/.test(group) ? found?.[Number(group)] : found?.groups?.[group]) ?? '';
  });
};

const removed = (lines: readonly string[], wish: LineWish): LineEdit => {
  const { matches, line } = wish;
  const goes = (one: string): boolean => (matches === undefined ? bare(one) === line : does(matches, one));
  const kept = lines.filter((one) => !goes(one));
  const count = lines.length - kept.length;
  return { text: kept.join(''), message: count > 0 ? `${count} line(s) removed` : '', found: count };
};

const lastIndex = (lines: readonly string[], first: boolean, holds: (line: string) => boolean): number => {
  for (let step = 0; step < lines.length; step++) {
    const index = first ? step : lines.length - 1 - step;
    if (holds(lines[index] as string)) return index;
  }
  return -1;
};

const inserted = (lines: readonly string[], at: number, line: string): string => {
  const before = lines.slice(0, at);
  const last = before.at(-1);
  // A last line without an end gets one before another follows it.
  if (last !== undefined && !last.endsWith('\n')) before[before.length - 1] = `${last}\n`;
  return [...before, withEnd(line, lines[0] ?? ''), ...lines.slice(at)].join('');
};

const placeFor = (lines: readonly string[], wish: LineWish): number => {
  const { insertAfter, insertBefore, firstMatch } = wish;
  if (insertBefore === 'BOF') return 0;
  const wanted = insertBefore ?? (insertAfter === 'EOF' ? undefined : insertAfter);
  if (wanted === undefined) return lines.length;
  const pattern = pythonPattern(wanted, '');
  const at = lastIndex(lines, firstMatch, (one) => pattern.test(bare(one)));
  if (at === -1) return lines.length;
  return insertBefore === undefined ? at + 1 : at;
};

const present = (lines: readonly string[], wish: LineWish): LineEdit => {
  const line = wish.line as string;
  const same = (text: string, message: string): LineEdit => ({ text, message, found: 0 });
  const unchanged = same(lines.join(''), '');
  const { matches } = wish;
  const at = matches === undefined ? -1 : lastIndex(lines, wish.firstMatch, (one) => does(matches, one));
  if (at !== -1) {
    const source = lines[at] as string;
    const wanted = wish.backrefs && matches instanceof RegExp ? filled(line, matches, bare(source)) : line;
    if (bare(source) === wanted && source.endsWith('\n')) return unchanged;
    const replaced = lines.map((one, index) => (index === at ? withEnd(wanted, source) : one));
    const text = replaced.join('');
    return text === unchanged.text ? unchanged : same(text, 'line replaced');
  }
  if (wish.backrefs) return unchanged;
  if (lines.some((one) => bare(one) === line)) return unchanged;
  return same(inserted(lines, placeFor(lines, wish), line), 'line added');
};

/** A text with one line as it is wanted, or without lines. */
export const editedLines = (text: string, wish: LineWish): LineEdit =>
  wish.state === 'absent' ? removed(linesOf(text), wish) : present(linesOf(text), wish);
