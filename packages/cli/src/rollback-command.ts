import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Change, RatchetError, type RegistryData, type RegistryWrite, showChange } from '@ratchet/core';
import { catalogue, nothingLeftAlone, type TakeBackTargets, takeBack, takeBackTargets } from '@ratchet/modules';
import { loadPlaybookText, type Playbook } from '@ratchet/playbook';
import {
  findRun,
  hashOfData,
  type RecordedIntent,
  type RecordedRun,
  type ResumeOptions,
  recordedIntents,
} from '@ratchet/runner';
import { decodeReg } from '@ratchet/windows';
import { withModules } from './catalogue-with.js';
import type { RollbackFlags } from './rollback-flags.js';
import { type RunSurroundings, runCommand } from './run-command.js';
import type { RunFlags } from './run-flags.js';
import { recordedStart } from './run-start.js';

type Backups = ReadonlyMap<string, readonly RegistryWrite[]>;

const readBackup = async (folder: string, name: string): Promise<readonly RegistryWrite[]> => {
  const path = join(folder, name);
  try {
    return decodeReg(await readFile(path));
  } catch (cause) {
    throw new RatchetError('file-unreadable', `The backup ${path} cannot be read: ${(cause as Error).message}`, {
      hint: 'The data before stands only there (no_log): what it held has to be restored by hand.',
      cause,
    });
  }
};

/** The backups of steps whose data the journal withholds. */
const withheldBackups = async (folder: string, intents: readonly RecordedIntent[]): Promise<Backups> => {
  const needed = intents.filter(({ changes }) => changes.some((change) => 'withheld' in change && change.withheld));
  const names = [...new Set(needed.flatMap(({ backup }) => (backup === undefined ? [] : [backup])))];
  return new Map(await Promise.all(names.map(async (name) => [name, await readBackup(folder, name)] as const)));
};

const dataInBackup = (
  writes: readonly RegistryWrite[] | undefined,
  path: string,
  name: string,
): RegistryData | null => {
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  const found = writes?.find((write) => write.op === 'set' && same(write.path, path) && same(write.name, name));
  return found?.op === 'set' ? found.data : null;
};

const targetsOf = (
  intents: readonly RecordedIntent[],
  backups: Backups,
  salt: string,
): ReadonlyMap<string, TakeBackTargets> => {
  const hosts = [...new Set(intents.map(({ host }) => host))];
  const backupOf = new Map(
    intents.flatMap(({ changes, backup }) => changes.map((change) => [change as Change, backup])),
  );
  return new Map(
    hosts.map((host) => [
      host,
      takeBackTargets(
        intents.filter((intent) => intent.host === host).flatMap(({ changes }) => changes),
        {
          before: (change) => dataInBackup(backups.get(backupOf.get(change) ?? ''), change.path, change.name),
          matches: (data, hash) => hashOfData(salt, data) === hash,
        },
      ),
    ]),
  );
};

const playText = (run: string, hosts: readonly string[], force: boolean): string => `- name: rollback of ${run}
  hosts: ${JSON.stringify(hosts)}
  gather_facts: false
  tasks:
    - name: take back what the run changed
      take_back: {force: ${force}}
    - name: what somebody else has changed since
      nothing_left_alone: {force: ${force}}
`;

// What a run does beside the registry: nobody can read what it was before.
const notUndone = (intents: readonly RecordedIntent[]): readonly string[] =>
  intents.flatMap(({ host, step, changes }) => {
    const others = changes.filter(({ kind }) => kind !== 'registry-value' && kind !== 'registry-key');
    if (changes.length === 0) return [`${host}: ${step} is not taken back: what it did cannot be read`];
    return others.map((change) => `${host}: not taken back: ${showChange(change)}`);
  });

const rollbackFlags = (recorded: RecordedRun, given: RollbackFlags): RunFlags => {
  const { flags, extraVars } = recordedStart(recorded.events);
  const { output: _, limit: __, ...kept } = flags;
  return {
    ...kept,
    inventory: given.inventory.length > 0 ? given.inventory : flags.inventory,
    extraVars: [...extraVars, ...given.extraVars],
    tags: [],
    skipTags: [],
    check: given.plan,
    diff: given.diff,
    askPass: given.askPass,
    askVaultPass: given.askVaultPass,
    vaultPasswordFiles: given.vaultPasswordFiles.length > 0 ? given.vaultPasswordFiles : flags.vaultPasswordFiles,
    vaultIds: given.vaultIds.length > 0 ? given.vaultIds : flags.vaultIds,
    verbosity: given.verbosity,
    ...(given.limit === undefined ? {} : { limit: given.limit }),
    ...(given.output === undefined ? {} : { output: given.output }),
  };
};

const saltOf = ({ events: [first], folder }: RecordedRun): string => {
  if (first?.type === 'run_started' && first.salt !== undefined) return first.salt;
  throw new RatchetError('journal-damaged', `The journal in ${folder} is of a version that rollback cannot read.`, {
    hint: 'Import its .reg backups by hand, the newest first.',
  });
};

/**
 * Takes back what a run changed: reads what is there now, restores what is still as the run left it, and reports the rest. It is a
 * run itself. Gives the exit code; throws RatchetError(s) for what stops it.
 */
export const rollbackCommand = async (
  given: RollbackFlags,
  around: RunSurroundings,
  resume?: ResumeOptions,
): Promise<number> => {
  const recorded = await findRun(join(around.cwd, '.ratchet', 'runs'), given.run);
  const id = basename(recorded.folder);
  const intents = recordedIntents(recorded.events);
  const backups = await withheldBackups(recorded.folder, intents);
  const targets = targetsOf(intents, backups, saltOf(recorded));
  const modules = withModules(catalogue, [takeBack(targets), nothingLeftAlone(targets)]);
  for (const line of notUndone(intents)) around.stderr.write(`[WARNING]: ${around.secrets.mask(line)}\n`);
  const text = { path: `rollback of ${id}`, text: playText(id, [...targets.keys()], given.force) };
  const playbooks = async (): Promise<readonly Playbook[]> => [
    await loadPlaybookText(text, { catalogue: modules, rolesPath: [] }),
  ];
  return runCommand(rollbackFlags(recorded, given), around, {
    playbooks,
    rollback: { run: id, force: given.force },
    ...(resume ? { resume } : {}),
  });
};
