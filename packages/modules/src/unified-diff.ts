/** One file before and after, as Ansible's results carry it. */
export interface FileDiff {
  readonly before: string;
  readonly after: string;
  readonly before_header: string;
  readonly after_header: string;
}

const MOST = 100_000;

/** A file's texts for a diff; what is not text, or too long, is only said to be so. */
export const fileDiff = (
  path: string,
  before: Uint8Array | null,
  after: Uint8Array,
  source: string,
): FileDiff | Readonly<Record<string, unknown>> => {
  for (const [side, bytes] of [
    ['dst', before],
    ['src', after],
  ] as const) {
    if (bytes === null) continue;
    if (bytes.length > MOST) return { [`${side}_larger`]: MOST };
    if (bytes.includes(0)) return { [`${side}_binary`]: 1 };
  }
  const text = (bytes: Uint8Array | null): string => (bytes === null ? '' : Buffer.from(bytes).toString('utf8'));
  return {
    before: text(before),
    after: text(after),
    ...(before === null ? {} : { before_header: path }),
    after_header: source,
  };
};
