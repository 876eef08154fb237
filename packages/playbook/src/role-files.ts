import { readdir } from 'node:fs/promises';
import { extname, isAbsolute, join, relative, sep } from 'node:path';
import type { Dict } from '@ratchet/core';
import { type Node, nodeToValue } from '@ratchet/source';
import { isEmpty } from './fields.js';
import { isFile, isFolder } from './find-file.js';
import type { Session } from './session.js';
import { checkValue } from './template-check.js';

const ENDINGS = ['.yml', '.yaml', '.json', ''];

// `tasks_from: ../../x` names nothing of the role.
/** Whether a path lies in a folder. */
export const isInside = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split(sep)[0] !== '..';
};

/** The file of a role's folder: `name` with or without an extension; absent when there is none. */
export const roleFile = async (role: string, folder: string, name = 'main'): Promise<string | undefined> => {
  const endings = extname(name) === '' ? ENDINGS : [''];
  for (const ending of endings) {
    const path = join(role, folder, name + ending);
    if (isInside(join(role, folder), path) && (await isFile(path))) return path;
  }
  return undefined;
};

const variableFiles = async (role: string, folder: string, name: string): Promise<readonly string[]> => {
  const file = await roleFile(role, folder, name);
  if (file !== undefined) return [file];
  const path = join(role, folder, name);
  if (!isInside(join(role, folder), path) || !(await isFolder(path))) return [];
  const names = (await readdir(path)).filter((one) => !one.startsWith('.') && ENDINGS.includes(extname(one))).sort();
  return names.map((one) => join(path, one));
};

/** A role's `vars` or `defaults`: `main.yml`, or all files of `main/`. */
export const roleVariables = async (session: Session, role: string, folder: string, name = 'main'): Promise<Dict> => {
  const vars: Dict = new Map();
  for (const path of await variableFiles(role, folder, name)) {
    const { node } = await session.read(path);
    if (node === null || isEmpty(node)) continue;
    if (node.kind !== 'map') {
      session.findings.report('playbook-invalid', 'A file of variables must be a mapping.', node.position);
      continue;
    }
    for (const [key, value] of nodeToValue(node) as Dict) vars.set(key, value);
  }
  checkValue(vars, session.findings);
  return vars;
};

/** What a role's `meta/main.yml` says; dependencies stay nodes, they are read as the play's roles are. */
export const roleMeta = async (
  session: Session,
  role: string,
): Promise<{ readonly dependencies: readonly Node[]; readonly allowDuplicates: boolean }> => {
  const none = { dependencies: [], allowDuplicates: false };
  const path = await roleFile(role, 'meta');
  const node = path === undefined ? null : (await session.read(path)).node;
  if (node === null || isEmpty(node)) return none;
  if (node.kind !== 'map') {
    session.findings.report('playbook-invalid', 'A meta file must be a mapping.', node.position);
    return none;
  }
  const entry = (name: string) => node.entries.find(({ key }) => key.kind === 'scalar' && key.value === name)?.value;
  const dependencies = entry('dependencies');
  const duplicates = entry('allow_duplicates');
  return {
    dependencies: dependencies?.kind === 'list' ? dependencies.items : [],
    allowDuplicates: duplicates?.kind === 'scalar' && duplicates.value === true,
  };
};
