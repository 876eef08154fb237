import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type Dict, sourceError } from '@ratchet/core';
import { loadYaml, nodeToValue, readSource, type YamlOptions } from '@ratchet/source';

const ENDINGS = ['', '.yml', '.yaml', '.json'];

type Kind = 'file' | 'folder' | 'none';

const kindOf = async (path: string): Promise<Kind> => {
  const found = await stat(path).catch(() => undefined);
  if (!found) return 'none';
  return found.isDirectory() ? 'folder' : 'file';
};

const filesIn = async (folder: string): Promise<readonly string[]> => {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.') && !name.endsWith('~')).sort();
  const files: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const kind = await kindOf(path);
    if (kind === 'folder' && extname(name) === '') files.push(...(await filesIn(path)));
    if (kind === 'file' && ENDINGS.includes(extname(name))) files.push(path);
  }
  return files;
};

/** The variable files of a name in `group_vars` or `host_vars`: the first of folder, bare, .yml, .yaml, .json that is there. */
const filesFor = async (folder: string, name: string): Promise<readonly string[]> => {
  for (const ending of ENDINGS) {
    const path = join(folder, name + ending);
    const kind = await kindOf(path);
    if (kind === 'folder' && ending === '') return filesIn(path);
    if (kind === 'file') return [path];
  }
  return [];
};

const readVariables = async (path: string, options: YamlOptions): Promise<Dict> => {
  const node = loadYaml(await readSource(path), options);
  if (node === null) return new Map();
  if (node.kind !== 'map')
    throw sourceError('inventory-invalid', 'A file of variables must be a mapping.', node.position, {
      hint: 'Write "name: value" lines.',
    });
  return nodeToValue(node) as Dict;
};

/** All variables of each name that has files in `folder`; names without are left out. Later files win. */
export const readVarsFolder = async (
  folder: string,
  names: Iterable<string>,
  options: YamlOptions,
): Promise<ReadonlyMap<string, Dict>> => {
  const found = new Map<string, Dict>();
  if ((await kindOf(folder)) !== 'folder') return found;
  for (const name of names) {
    const files = name.includes('/') ? [] : await filesFor(folder, name);
    const vars: Dict = new Map();
    for (const file of files) for (const [key, value] of await readVariables(file, options)) vars.set(key, value);
    if (files.length > 0) found.set(name, vars);
  }
  return found;
};
