import { readdir } from 'node:fs/promises';
import { extname, isAbsolute, join, relative, sep } from 'node:path';
import type { Dict } from '@ratchet/core';
import { type Node, nodeToValue } from '@ratchet/source';
import { isEmpty } from './fields.js';
import { isFile, isFolder } from './find-file.js';
import type { RolePart } from './include.js';
import type { Session } from './session.js';
import { checkValue } from './template-check.js';

const ENDINGS = ['.yml', '.yaml', '.json', ''];

// A name that was written out means first of all what is called exactly so.
const endingsFor = (name: string | undefined): readonly string[] =>
  name === undefined ? ENDINGS : ['', ...ENDINGS.slice(0, -1)];

// `tasks_from: ../../x` names nothing of the role.
/** Whether a path lies in a folder. */
export const isInside = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split(sep)[0] !== '..';
};

const placesFor = (role: string, folder: string, name: string | undefined): readonly string[] =>
  endingsFor(name)
    .map((ending) => join(role, folder, (name ?? 'main') + ending))
    .filter((path) => isInside(join(role, folder), path));

/** The file of a role's folder: `name` with or without an extension, or `main`; absent when there is none. */
export const roleFile = async (role: string, folder: string, name?: string): Promise<string | undefined> => {
  for (const path of placesFor(role, folder, name)) if (await isFile(path)) return path;
  return undefined;
};

// As of group_vars: neither hidden files nor an editor's copies, and folders only whose names have no extension.
const filesIn = async (folder: string): Promise<readonly string[]> => {
  const names = (await readdir(folder)).filter((one) => !one.startsWith('.') && !one.endsWith('~'));
  const files: string[] = [];
  for (const name of names.sort()) {
    const path = join(folder, name);
    if (!(await isFolder(path))) files.push(...(ENDINGS.includes(extname(name)) ? [path] : []));
    else if (extname(name) === '') files.push(...(await filesIn(path)));
  }
  return files;
};

const variableFiles = async (
  role: string,
  folder: string,
  name: string | undefined,
): Promise<readonly string[] | undefined> => {
  for (const path of placesFor(role, folder, name)) {
    if (await isFile(path)) return [path];
    if (await isFolder(path)) return filesIn(path);
  }
  return undefined;
};

/** The part of a role that is asked for by a name and is not there. Of a role without such a folder only tasks are missed. */
export const missingPart = async (
  role: string,
  from: Readonly<Partial<Record<RolePart, string>>>,
): Promise<RolePart | undefined> => {
  for (const [part, name] of Object.entries(from) as [RolePart, string][]) {
    const found = part === 'vars' || part === 'defaults' ? variableFiles : roleFile;
    const wanted = part === 'tasks' || (await isFolder(join(role, part)));
    if (wanted && (await found(role, part, name)) === undefined) return part;
  }
  return undefined;
};

/** A role's `vars` or `defaults`: of `name`, or of `main`, the file or all files of the folder. */
export const roleVariables = async (session: Session, role: string, folder: string, name?: string): Promise<Dict> => {
  const vars: Dict = new Map();
  for (const path of (await variableFiles(role, folder, name)) ?? []) {
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
