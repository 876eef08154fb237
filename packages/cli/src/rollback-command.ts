import { basename, join } from 'node:path';
import { EXIT, RatchetError, showChange } from '@ratchet/core';
import { catalogue, nothingLeftAlone, type TakeBackTargets, takeBack } from '@ratchet/modules';
import { loadPlaybookText, type Playbook } from '@ratchet/playbook';
import {
  changedUnread,
  findRun,
  type RecordedIntent,
  type RecordedRun,
  type ResumeOptions,
  recordedIntents,
} from '@ratchet/runner';
import { withModules } from './catalogue-with.js';
import type { RollbackFlags } from './rollback-flags.js';
import { rollbackTargets } from './rollback-targets.js';
import { type RunSurroundings, runCommand } from './run-command.js';
import type { RunFlags } from './run-flags.js';
import { recordedStart } from './run-start.js';
import { stepName, stepNames } from './step-names.js';

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
const notUndone = ({ events }: RecordedRun, intents: readonly RecordedIntent[]): readonly string[] => {
  const others = intents.flatMap(({ host, changes }) =>
    changes
      .filter(({ kind }) => kind !== 'registry-value' && kind !== 'registry-key')
      .map((change) => `${host}: not taken back: ${showChange(change)}`),
  );
  const names = stepNames(events);
  const unread = changedUnread(events).map(
    ({ host, step }) =>
      `${host}: ${[...stepName(names.get(step) ?? {}), step].join('  ')} is not taken back: what it did to files, or ran, stays`,
  );
  return [...others, ...unread];
};

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
    askPass: given.askPass || flags.askPass,
    askVaultPass: given.askVaultPass || flags.askVaultPass,
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
  const salt = saltOf(recorded);
  const targets = new Map<string, TakeBackTargets>();
  for (const host of new Set(intents.map((intent) => intent.host))) {
    const own = intents.filter((intent) => intent.host === host);
    targets.set(host, await rollbackTargets(own, recorded.folder, salt));
  }
  const modules = withModules(catalogue, [takeBack(targets), nothingLeftAlone(targets)]);
  for (const line of notUndone(recorded, intents)) around.stderr.write(`[WARNING]: ${around.secrets.mask(line)}\n`);
  if (targets.size === 0) {
    around.stdout.write(`The run ${id} changed nothing of the registry: there is nothing that can be taken back.\n`);
    return EXIT.done;
  }
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
