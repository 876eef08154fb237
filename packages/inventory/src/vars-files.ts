import { type Dirent, readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type Dict, RatchetError, sourceError } from '@ratchet/core';
import { loadYaml, nodeToValue, readSourceNow, type YamlOptions } from '@ratchet/source';

const ENDINGS = ['', '.yml', '.yaml', '.json'];

type Kind = 'file' | 'folder' | 'none';

const kindOf = (folder: string, entry: Dirent): Kind => {
  const found = entry.isSymbolicLink() ? statSync(join(folder, entry.name), { throwIfNoEntry: false }) : entry;
  if (!found) return 'none';
  return found.isDirectory() ? 'folder' : 'file';
};

/** What is in a folder, by name; undefined when there is no such folder. */
const entriesOf = (folder: string): ReadonlyMap<string, Dirent> | undefined => {
  try {
    return new Map(readdirSync(folder, { withFileTypes: true }).map((entry) => [entry.name, entry]));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new RatchetError('file-unreadable', `The folder ${folder} cannot be read (${code}).`, {
      cause,
      details: { path: folder },
    });
  }
};

const filesIn = (folder: string): readonly string[] => {
  const entries = [...(entriesOf(folder) ?? [])].filter(([name]) => !name.startsWith('.') && !name.endsWith('~'));
  const files: string[] = [];
  for (const [name, entry] of entries.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const path = join(folder, name);
    const kind = kindOf(folder, entry);
    if (kind === 'folder' && extname(name) === '') files.push(...filesIn(path));
    if (kind === 'file' && ENDINGS.includes(extname(name))) files.push(path);
  }
  return files;
};

/** The variable files of a name in `group_vars` or `host_vars`: the first of folder, bare, .yml, .yaml, .json that is there. */
const filesFor = (folder: string, entries: ReadonlyMap<string, Dirent>, name: string): readonly string[] => {
  for (const ending of ENDINGS) {
    const entry = entries.get(name + ending);
    const kind = entry ? kindOf(folder, entry) : 'none';
    if (kind === 'folder' && ending === '') return filesIn(join(folder, name));
    if (kind === 'file') return [join(folder, name + ending)];
  }
  return [];
};

const readVariables = (path: string, options: YamlOptions): Dict => {
  const node = loadYaml(readSourceNow(path), options);
  if (node === null) return new Map();
  if (node.kind !== 'map')
    throw sourceError('inventory-invalid', 'A file of variables must be a mapping.', node.position, {
      hint: 'Write "name: value" lines.',
    });
  return nodeToValue(node) as Dict;
};

/**
 * All variables of each name that has files in `folder`; names without are left out. Later files win. The folder is listed once: to
 * ask for every ending of every name would take longer than reading the files.
 */
export const readVarsFolder = (
  folder: string,
  names: Iterable<string>,
  options: YamlOptions,
): ReadonlyMap<string, Dict> => {
  const found = new Map<string, Dict>();
  const entries = entriesOf(folder);
  if (!entries) return found;
  for (const name of names) {
    const [first, ...others] = filesFor(folder, entries, name);
    if (first === undefined) continue;
    const vars = readVariables(first, options);
    for (const file of others) for (const [key, value] of readVariables(file, options)) vars.set(key, value);
    found.set(name, vars);
  }
  return found;
};
