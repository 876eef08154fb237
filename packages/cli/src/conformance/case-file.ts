import { createHash } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Plain, toPlain } from '@ratchet/core';
import { loadYaml, nodeToValue, readSource } from '@ratchet/source';

export const KINDS = ['expressions', 'inventories', 'playbooks'] as const;
export type Kind = (typeof KINDS)[number];

/** A case as it stands in its file. */
export interface CaseFile {
  readonly kind: Kind;
  /** `playbooks/handlers` */
  readonly name: string;
  readonly path: string;
  readonly text: string;
  readonly body: { readonly [key: string]: Plain };
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const isRecord = (value: unknown): value is { readonly [key: string]: Plain } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const record = (value: Plain | undefined): { readonly [key: string]: Plain } => (isRecord(value) ? value : {});

export const texts = (value: Plain | undefined): readonly string[] =>
  Array.isArray(value) ? value.map(String) : value === undefined || value === null ? [] : [String(value)];

const readCase = async (kind: Kind, path: string): Promise<CaseFile> => {
  const source = await readSource(path);
  const node = loadYaml(source);
  const body = node === null ? null : toPlain(nodeToValue(node));
  if (!isRecord(body)) throw new Error(`${path} is no mapping.`);
  return { kind, name: `${kind}/${basename(path, '.yml')}`, path, text: source.text, body };
};

const globPattern = (glob: string): RegExp =>
  new RegExp(`^(?:.*/)?${glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);

/** All cases under a folder whose name matches the glob (`playbooks/*`, `handlers`). */
export const readCases = async (folder: string, only: string | undefined): Promise<readonly CaseFile[]> => {
  const cases: CaseFile[] = [];
  for (const kind of KINDS) {
    const names = (await readdir(join(folder, kind)).catch(() => [])).filter((name) => name.endsWith('.yml')).sort();
    for (const name of names)
      if (only === undefined || globPattern(only).test(`${kind}/${basename(name, '.yml')}`))
        cases.push(await readCase(kind, join(folder, kind, name)));
  }
  return cases;
};

/** Writes the files of a case under a folder; one whose text begins with `#!` can be executed. */
export const writeFiles = async (folder: string, files: Plain | undefined): Promise<void> => {
  for (const [name, content] of Object.entries(record(files))) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    const text = String(content);
    await writeFile(path, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  }
};

/** A command line cut into words; single and double quotes keep blanks. */
export const words = (line: string): readonly string[] =>
  [...line.matchAll(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g)].map(([word]) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'));
