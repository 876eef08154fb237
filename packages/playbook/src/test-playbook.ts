import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type Dict,
  type Module,
  type ModuleCatalogue,
  placeName,
  type RatchetError,
  RatchetErrors,
  toPlain,
} from '@ratchet/core';
import { loadPlaybook } from './load-playbook.js';
import type { Playbook } from './play.js';
import type { Task, TaskNode } from './task.js';

const made: string[] = [];

/** Removes the folders of all playbooks that were loaded. */
export const removeFolders = async (): Promise<void> => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
};

// A stand-in for zod: every parameter but "state: wrong" is right.
const params = {
  safeParse: (given: { readonly state?: unknown }) =>
    given.state === 'wrong'
      ? { success: false, error: { issues: [{ path: ['state'], message: 'is not a choice' }] } }
      : { success: true, data: given },
};
const module = (name: string, given: Partial<Module>): Module =>
  ({
    kind: 'action',
    name,
    summary: name,
    parameters: {},
    params,
    checkMode: 'runs',
    needsHost: false,
    ...given,
  }) as unknown as Module;
const modules = [
  module('debug', { parameters: { msg: { description: '' }, var: { description: '' } } }),
  module('command', {
    freeForm: '_raw_params',
    parameters: { _raw_params: { description: '' }, chdir: { description: '' } },
  }),
  module('template', {
    parameters: { src: { description: '' }, dest: { description: '' }, block_start_string: { description: '' } },
  }),
  module('set_fact', { openParameters: true }),
  module('registry', {
    parameters: { path: { description: '', required: true, aliases: ['key'] }, state: { description: '' } },
    aliases: ['win_regedit'],
  }),
];
/** Stand-ins for modules. */
export const catalogue: ModuleCatalogue = {
  find: (name) => modules.find((one) => one.name === name || one.aliases?.includes(name)),
  names: () => modules.flatMap((one) => [one.name, ...(one.aliases ?? [])]),
};

/** Loads a playbook that is a text, or `play.yml` among files. */
export const load = async (
  files: Readonly<Record<string, string>> | string,
  options: { readonly extraVars?: Dict } = {},
): Promise<Playbook> => {
  const all = typeof files === 'string' ? { 'play.yml': files } : files;
  const dir = await mkdtemp(join(tmpdir(), 'ratchet-playbook-'));
  made.push(dir);
  for (const [name, text] of Object.entries(all)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
  return loadPlaybook(join(dir, 'play.yml'), { catalogue, rolesPath: [], ...options });
};
/** What loading was refused with. */
export const failures = async (promise: Promise<unknown>): Promise<readonly RatchetError[]> => {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  return thrown instanceof RatchetErrors ? thrown.errors : [thrown as RatchetError];
};
/** Place, code and hint of errors. */
export const shown = (errors: readonly RatchetError[]) =>
  errors.map((error) => {
    const place = error.place?.at === 'source' ? placeName(error.place.position).replace(/^.*\//, '') : '';
    const hint = (error.hint ?? '').replace(/Looked in \/\S+\.$/, 'Looked in FOLDER.');
    return `${place} ${error.code} ${hint}`.trim();
  });
/** The same of a playbook that is refused. */
export const found = async (
  files: Readonly<Record<string, string>> | string,
  options: { readonly extraVars?: Dict } = {},
) => shown(await failures(load(files, options)));
/** A playbook of these tasks. */
export const inTasks = (tasks: string): string => `- hosts: all\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;
const tasksIn = (nodes: readonly TaskNode[]): readonly Task[] =>
  nodes.flatMap((node) =>
    node.kind === 'task' ? [node] : [...tasksIn(node.body), ...tasksIn(node.rescue), ...tasksIn(node.always)],
  );
/** All tasks of a playbook. */
export const tasksOf = (playbook: Playbook) =>
  playbook.plays.flatMap((play) => play.sections.flatMap((section) => tasksIn(section.body)));
export const parameters = (task: Task | undefined) => toPlain(task?.params ?? null);
