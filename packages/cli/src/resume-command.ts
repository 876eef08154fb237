import { basename, join } from 'node:path';
import { RatchetError } from '@ratchet/core';
import { findRun, isUnfinished, JOURNAL_VERSION, lastEnd, type RecordedRun } from '@ratchet/runner';
import { approvedAgain } from './approved-plan.js';
import type { ResumeFlags } from './resume-flags.js';
import { rollbackCommand } from './rollback-command.js';
import { type RunSurroundings, runCommand } from './run-command.js';
import type { RunFlags } from './run-flags.js';
import { recordedStart } from './run-start.js';

const UNREACHABLE = 4;

/** A run that came to its end has nothing to continue, unless a host could not be reached. */
const refuseEnded = ({ events, folder }: RecordedRun): void => {
  const end = lastEnd(events);
  if (isUnfinished(events) || end?.exitCode === UNREACHABLE) return;
  throw new RatchetError(
    'usage',
    `The run in ${folder} came to its end (exit code ${end?.exitCode}): there is nothing to continue.`,
    {
      hint: 'Give the command again: what is done already is left alone.',
    },
  );
};

/** A task of `ratchet adhoc` stands in no file that could be read again. */
const refuseTaskAlone = ({ events }: RecordedRun): void => {
  const [first] = events;
  if (first?.type !== 'run_started' || first.rollback !== undefined) return;
  if (recordedStart(events).flags.playbooks.length > 0) return;
  throw new RatchetError('usage', 'That run was one task of ratchet adhoc, which cannot be continued.', {
    hint: 'Give the command again: what is done already is left alone.',
  });
};

/** Steps of journals of earlier versions have other names: none of them would be known again, and actions would be done twice. */
const refuseOlder = ({ events }: RecordedRun): void => {
  const [first] = events;
  if (first?.type !== 'run_started' || (first.journal ?? 1) >= JOURNAL_VERSION) return;
  throw new RatchetError(
    'changed-since',
    `That run was begun by Ratchet ${first.version}, which names its steps otherwise.`,
    {
      hint: 'Give the command again: what is done already is left alone. ratchet runs show RUN tells how far it came.',
    },
  );
};

/** Steps named by --redo and --skip must be steps of the run: a mistyped one would run, or leave out, nothing. */
const refuseUnknownSteps = ({ events }: RecordedRun, named: readonly string[]): void => {
  const known = new Set(events.flatMap((event) => ('step' in event ? [event.step] : [])));
  for (const step of named)
    if (!known.has(step))
      throw new RatchetError('usage', `The run has no step ${step}.`, {
        hint: 'ratchet runs show RUN lists its steps.',
      });
};

/** Which run it is, where nobody named one: the newest may be another than the one in mind, a rollback even. */
const tellWhich = ({ events, folder }: RecordedRun, around: RunSurroundings): void => {
  const [first] = events;
  if (first?.type !== 'run_started') return;
  const begun = first.at.slice(0, 19).replace('T', ' ');
  around.stderr.write(
    `Going on with run ${basename(folder)}: ${first.playbooks.join(' ')}, begun ${begun} by ${first.user}\n`,
  );
};

/** The first command line with what the operator gave again. */
const flagsAgain = (recorded: RecordedRun, given: ResumeFlags): RunFlags => {
  const { flags, extraVars, plan } = recordedStart(recorded.events);
  const { output: _, ...kept } = flags;
  return {
    ...kept,
    // A plan is the command line of a check, and what applies it is none.
    check: plan === undefined && flags.check,
    extraVars: [...extraVars, ...given.extraVars],
    askPass: given.askPass || flags.askPass,
    askVaultPass: given.askVaultPass || flags.askVaultPass,
    vaultPasswordFiles: given.vaultPasswordFiles.length > 0 ? given.vaultPasswordFiles : flags.vaultPasswordFiles,
    vaultIds: given.vaultIds.length > 0 ? given.vaultIds : flags.vaultIds,
    diff: given.diff || kept.diff,
    verbosity: given.verbosity,
    ...(given.output === undefined ? {} : { output: given.output }),
  };
};

/** Continues a run from its journal and gives the exit code. Throws RatchetError(s) for what stops it. */
export const resumeCommand = async (flags: ResumeFlags, around: RunSurroundings): Promise<number> => {
  const recorded = await findRun(join(around.cwd, '.ratchet', 'runs'), flags.run);
  refuseEnded(recorded);
  refuseUnknownSteps(recorded, [...flags.redo, ...flags.skip]);
  const { redo, skip, acceptChanges } = flags;
  const resume = { recorded, redo, skip, acceptChanges };
  const [first] = recorded.events;
  refuseTaskAlone(recorded);
  refuseOlder(recorded);
  if (flags.run === undefined) tellWhich(recorded, around);
  const again = flagsAgain(recorded, flags);
  if (first?.type === 'run_started' && first.rollback !== undefined)
    return rollbackCommand(
      { ...again, run: first.rollback, plan: false, force: first.start?.['force'] === true },
      around,
      resume,
    );
  const { plan } = recordedStart(recorded.events);
  return runCommand(again, around, {
    resume,
    ...(plan === undefined ? {} : await approvedAgain(recorded.folder, plan)),
  });
};
