interface Branch {
  readonly major: number;
  /** The part of the minor number that tells releases apart (10.0 is 2008, 10.50 and up 2008 R2). */
  readonly r2?: boolean;
  /** First build with TLS 1.2, and the last one of its branch; builds between two branches lack it. */
  readonly from: number;
  readonly to: number;
}

const END = Number.POSITIVE_INFINITY;

// KB3135244 with the ranges of windows-facts 4.1: GDR and CU branches interleave, so one minimum would be wrong.
const BRANCHES: readonly Branch[] = [
  { major: 12, from: 2271, to: 2299 },
  { major: 12, from: 2564, to: 2999 },
  { major: 12, from: 4219, to: 4299 },
  { major: 12, from: 4439, to: END },
  { major: 11, from: 5352, to: 5499 },
  { major: 11, from: 5644, to: 5999 },
  { major: 11, from: 6216, to: 6299 },
  { major: 11, from: 6518, to: END },
  { major: 10, r2: true, from: 6542, to: END },
  { major: 10, r2: false, from: 6547, to: END },
];

const FIRST_NATIVE = 13; // 2016

/**
 * Whether a SQL Server of this PatchLevel (`12.2.5000.0`) speaks TLS 1.2. The second field holds the service pack; only
 * major and build decide. Null when the text is no version.
 */
export const sqlSpeaksTls12 = (patchLevel: string): boolean | null => {
  const fields = patchLevel.split('.').map(Number);
  const [major, minor, build] = fields;
  if (major === undefined || minor === undefined || build === undefined || fields.some(Number.isNaN)) return null;
  if (major >= FIRST_NATIVE) return true;
  return BRANCHES.some(
    (branch) =>
      branch.major === major &&
      (branch.r2 === undefined || branch.r2 === minor >= 50) &&
      build >= branch.from &&
      build <= branch.to,
  );
};
