/** What was measured of one contestant, one entry per repetition. */
export interface Series {
  readonly name: string;
  readonly seconds: readonly number[];
  /** Seconds. */
  readonly processor: readonly number[];
  /** Bytes. */
  readonly peaks: readonly number[];
}

/** One promise: the median of `of` divided by that of `to`, or the peak memory of `of` in megabytes. */
export interface Promised {
  readonly of: string;
  /** Absent: memory, or what `unit` says. */
  readonly to?: string;
  /** Of a value that stands for itself: `µs`; absent: none, or megabytes. */
  readonly unit?: string;
  readonly limit: number;
  readonly direction: 'at most' | 'at least';
}

export interface Verdict extends Promised {
  /** Null when one of the two was not measured. */
  readonly value: number | null;
  readonly met: boolean | null;
}

const MEGABYTE = 1_000_000;

/** The middle value; of an even number of values the mean of the two in the middle. NaN of none. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
};

const measuredValue = (promised: Promised, series: ReadonlyMap<string, Series>): number | null => {
  const own = series.get(promised.of);
  if (!own) return null;
  if (promised.to === undefined) return Math.max(...own.peaks) / MEGABYTE;
  const other = series.get(promised.to);
  return other ? median(own.seconds) / median(other.seconds) : null;
};

/** Holds the promises against what was measured. */
export const judge = (all: readonly Series[], promises: readonly Promised[]): readonly Verdict[] => {
  const byName = new Map(all.map((series) => [series.name, series]));
  return promises.map((promised) => {
    const value = measuredValue(promised, byName);
    const met =
      value === null ? null : promised.direction === 'at most' ? value <= promised.limit : value >= promised.limit;
    return { ...promised, value, met };
  });
};

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

const verdictRow = (verdict: Verdict): readonly string[] => {
  const { of, to, value, limit, direction, met } = verdict;
  const unit = verdict.unit ?? (to === undefined ? 'MB' : '');
  const quantity = (number: number, digits?: number): string =>
    `${digits === undefined ? number : number.toFixed(digits)} ${unit}`.trim();
  return [
    to !== undefined ? `${of} / ${to}` : verdict.unit === undefined ? `${of}: peak memory` : of,
    value === null ? 'not measured' : quantity(value, unit === 'MB' ? 0 : 2),
    `${direction} ${quantity(limit)}`,
    met === null ? '' : met ? 'yes' : 'no',
  ];
};

/** The measurements and the promises as two Markdown tables. */
export const showTables = (all: readonly Series[], verdicts: readonly Verdict[]): string => {
  const measured = table(
    ['what', 'median', 'fastest', 'slowest', 'processor time', 'peak memory'],
    all.map(({ name, seconds, processor, peaks }) => [
      name,
      `${median(seconds).toFixed(2)} s`,
      `${Math.min(...seconds).toFixed(2)} s`,
      `${Math.max(...seconds).toFixed(2)} s`,
      `${median(processor).toFixed(2)} s`,
      `${(Math.max(...peaks) / MEGABYTE).toFixed(0)} MB`,
    ]),
  );
  const judged = table(['ratio', 'measured', 'promised', 'met'], verdicts.map(verdictRow));
  return `${all.length === 0 ? '' : `${measured}\n\n`}${judged}\n`;
};
