/** Decodes what `reg export` wrote: UTF-16LE with its mark, or the console's bytes taken as UTF-8. */
export const decodeExport = (bytes: Uint8Array): string => {
  const buffer = Buffer.from(bytes);
  if (buffer[0] === 0xff && buffer[1] === 0xfe) return buffer.subarray(2).toString('utf16le');
  return buffer.toString('utf8').replace(/^\uFEFF/, '');
};

/** What a snapshot leaves out: keys with their subtrees, and single values (`KEY\\\\name`, both lower-case insensitive). */
export interface Exclusions {
  readonly keys: readonly string[];
  readonly values: readonly { readonly path: string; readonly name: string }[];
}

interface Section {
  readonly path: string;
  readonly lines: string[];
}

/** One string per entry: lines continued with a backslash joined, texts that span lines kept whole. */
const entriesOf = (text: string): string[] => {
  const entries: string[] = [];
  let open: string | null = null;
  for (const line of text.split(/\r?\n/)) {
    const entry: string = open === null ? line : joined(open, line);
    open = continues(entry) ? entry : null;
    if (open === null) entries.push(entry);
  }
  return open === null ? entries : [...entries, open];
};

const joined = (open: string, line: string): string =>
  insideText(open) ? `${open}\n${line}` : `${open.slice(0, -1)}${line.trimStart()}`;

const insideText = (entry: string): boolean => {
  if (!/^["@]/.test(entry)) return false;
  const unescaped = entry.replace(/\\[\s\S]/g, '');
  return (unescaped.match(/"/g)?.length ?? 0) % 2 === 1;
};

const continues = (entry: string): boolean => /^["@]/.test(entry) && (insideText(entry) || /,\\$|:\\$/.test(entry));

const sectionsOf = (text: string): Section[] => {
  const sections: Section[] = [];
  for (const entry of entriesOf(text)) {
    const path = /^\[([^\n]*)\]$/.exec(entry)?.[1];
    if (path !== undefined) sections.push({ path, lines: [] });
    else if (/^["@]/.test(entry)) sections.at(-1)?.lines.push(entry);
  }
  return sections;
};

/** Sort key of a path: components compared one by one, so that a parent stands before its children. */
const order = (path: string): string => path.toLowerCase().replaceAll('\\', '\u0001');

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const valueName = (entry: string): string => /^"((?:[^"\\]|\\[\s\S])*)"=/.exec(entry)?.[1]?.toLowerCase() ?? '@';

const under = (path: string, key: string): boolean => path === key || path.startsWith(`${key}\\`);

/**
 * A registry as sorted `.reg` text (LF, one entry a line), from the texts of one or more exports.
 * Two snapshots of the same state are the same text.
 */
export const snapshotText = (exports: readonly string[], exclusions: Exclusions): string => {
  const keys = exclusions.keys.map((key) => key.toLowerCase());
  const values = new Set(exclusions.values.map(({ path, name }) => `${path}\u0000${name}`.toLowerCase()));
  const kept = exports
    .flatMap(sectionsOf)
    .filter(({ path }) => !keys.some((key) => under(path.toLowerCase(), key)))
    .sort((a, b) => byText(order(a.path), order(b.path)));
  const blocks = kept.map(({ path, lines }) => {
    const shown = lines
      .filter((line) => !values.has(`${path.toLowerCase()}\u0000${valueName(line)}`))
      .sort((a, b) => byText(valueName(a), valueName(b)));
    return [`[${path}]`, ...shown].join('\n');
  });
  return `${['Windows Registry Editor Version 5.00', ...blocks].join('\n\n')}\n`;
};
