import { dirname, resolve } from 'node:path';
import { type Dict, RatchetError, sourceError, Template, toRatchetError, type Value } from '@ratchet/core';
import { findVarsFile, type Play } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';
import { active, type HostState } from './host-state.js';
import { FACTS_GATHERED } from './keep-facts.js';
import { taskTemplar } from './task-scope.js';

/** What `vars_files` give a host. */
export interface FileVars {
  readonly vars: Dict;
  /** The names that the entries came to when they were read; null: not told yet. */
  readonly names: string;
}

type Entry = Play['varsFiles'][number];

/**
 * The names of an entry, or undefined where a variable in one is not known yet. As in Ansible that is an error once the host's facts are
 * gathered; before, the entry is passed over. Facts may stand in a name; what tasks set or registered may not.
 */
const namesOf = (context: PlayContext, host: HostState, entry: Entry): readonly string[] | undefined => {
  const templar = taskTemplar(context, { ...host, facts: new Map(), included: new Map() }, undefined);
  try {
    return entry.value.map((name) => String(templar.finish(name as Value)));
  } catch (thrown) {
    const unknown = thrown instanceof RatchetError && thrown.code === 'undefined-variable';
    if (!unknown || host.gathered.has(FACTS_GATHERED)) throw thrown;
    return undefined;
  }
};

const firstThatExists = async (context: PlayContext, names: readonly string[], entry: Entry): Promise<Dict> => {
  const folder = dirname(context.playbook.file.path);
  let last: RatchetError | undefined;
  for (const name of names) {
    try {
      return await context.run.options.loadVars((await findVarsFile(name, folder)) ?? resolve(folder, name));
    } catch (thrown) {
      last = toRatchetError(thrown);
      if (last.code !== 'file-not-found') throw last;
    }
  }
  throw sourceError('file-not-found', last?.message ?? 'vars_files names no file', entry.position);
};

/** Reads the play's `vars_files` for a host; what one says serves in the name of a later one. Throws as reading and templating do. */
const readFileVars = async (context: PlayContext, host: HostState): Promise<FileVars> => {
  const vars: Dict = new Map();
  const soFar = { ...context, fileVars: new Map([[host.name, { vars, names: '' }]]) };
  const told: (readonly string[] | null)[] = [];
  for (const entry of context.play.varsFiles) {
    const names = namesOf(soFar, host, entry);
    told.push(names ?? null);
    if (names) for (const [key, value] of await firstThatExists(context, names, entry)) vars.set(key, value);
  }
  return { vars, names: JSON.stringify(told) };
};

/**
 * What `vars_files` give a play before it has hosts, for its `hosts` and its name; a file that only a host can name, or that is not there,
 * says nothing yet.
 */
export const fileVarsBefore = async (context: PlayContext, nobody: HostState): Promise<FileVars> => {
  const vars: Dict = new Map();
  const soFar = { ...context, fileVars: new Map([[nobody.name, { vars, names: '' }]]) };
  for (const entry of context.play.varsFiles) {
    try {
      const names = namesOf(soFar, nobody, entry) ?? [];
      for (const [key, value] of await firstThatExists(context, names, entry)) vars.set(key, value);
    } catch (thrown) {
      if (!(thrown instanceof RatchetError)) throw thrown;
    }
  }
  return { vars, names: '' };
};

const isTemplated = ({ varsFiles }: Play): boolean =>
  varsFiles.some(({ value }) => value.some((name) => name instanceof Template));

/** Reads `vars_files` for the hosts of a batch that begins. */
export const beginFileVars = async (context: PlayContext): Promise<void> => {
  for (const host of context.batch) context.fileVars.set(host.name, await readFileVars(context, host));
};

/** Reads them again for hosts for which their names have changed since: facts were gathered, or forgotten. */
export const renewFileVars = async (context: PlayContext, hosts: readonly HostState[]): Promise<void> => {
  if (!isTemplated(context.play)) return;
  for (const host of active(hosts)) {
    const names = JSON.stringify(context.play.varsFiles.map((entry) => namesOf(context, host, entry) ?? null));
    if (names !== context.fileVars.get(host.name)?.names)
      context.fileVars.set(host.name, await readFileVars(context, host));
  }
};
