/** Lines that stand in both texts, or in one of them. */
type Edit = { readonly kind: ' ' | '-' | '+'; readonly line: string };

const MOST_CELLS = 4_000_000;

const asIs = (kind: Edit['kind'], lines: readonly string[]): readonly Edit[] => lines.map((line) => ({ kind, line }));

/** The longest common lines, by lengths of what is left from each place on. */
const middleEdits = (before: readonly string[], after: readonly string[]): readonly Edit[] => {
  // Too long to compare: one takes the place of the other.
  if (before.length * after.length > MOST_CELLS) return [...asIs('-', before), ...asIs('+', after)];
  const width = after.length + 1;
  const length = new Uint32Array((before.length + 1) * width);
  const at = (row: number, column: number): number => length[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--)
    for (let column = after.length - 1; column >= 0; column--)
      length[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
  const edits: Edit[] = [];
  let row = 0;
  let column = 0;
  while (row < before.length && column < after.length) {
    if (before[row] === after[column]) {
      edits.push({ kind: ' ', line: before[row] as string });
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) edits.push({ kind: '-', line: before[row++] as string });
    else edits.push({ kind: '+', line: after[column++] as string });
  }
  return [...edits, ...asIs('-', before.slice(row)), ...asIs('+', after.slice(column))];
};

const editsOf = (before: readonly string[], after: readonly string[]): readonly Edit[] => {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  return [
    ...asIs(' ', before.slice(0, head)),
    ...middleEdits(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...asIs(' ', before.slice(before.length - tail)),
  ];
};

// Written as diff(1) does: a single line has no length, and an empty range names the line before it.
const range = (start: number, length: number): string => {
  if (length === 1) return String(start + 1);
  return `${length === 0 ? start : start + 1},${length}`;
};

/** From where to where edits are shown: what changed, with the lines around it. */
const spansOf = (edits: readonly Edit[], context: number): readonly (readonly [number, number])[] => {
  const spans: [number, number][] = [];
  for (const [index, { kind }] of edits.entries()) {
    if (kind === ' ') continue;
    const last = spans.at(-1);
    if (last && index - context <= last[1]) last[1] = Math.min(edits.length, index + context + 1);
    else spans.push([Math.max(0, index - context), Math.min(edits.length, index + context + 1)]);
  }
  return spans;
};

const countOf = (edits: readonly Edit[], without: Edit['kind']): number =>
  edits.filter(({ kind }) => kind !== without).length;

/** The hunks of a unified diff of two texts, given as lines: none where they are the same. */
export const unifiedLines = (
  before: readonly string[],
  after: readonly string[],
  context: number,
): readonly string[] => {
  const edits = editsOf(before, after);
  return spansOf(edits, context).flatMap(([start, end]) => {
    const above = edits.slice(0, start);
    const shown = edits.slice(start, end);
    const old = range(countOf(above, '+'), countOf(shown, '+'));
    const fresh = range(countOf(above, '-'), countOf(shown, '-'));
    return [`@@ -${old} +${fresh} @@`, ...shown.map(({ kind, line }) => kind + line)];
  });
};
