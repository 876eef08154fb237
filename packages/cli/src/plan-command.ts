import { userInfo } from 'node:os';
import { EXIT, RatchetError, type StampedEvent } from '@ratchet/core';
import type { Fingerprints, PlannedStep } from '@ratchet/runner';
import { approvedBy, keepPlan } from './approved-plan.js';
import type { ApplyFlags, PlanFlags } from './plan-flags.js';
import { planText, type ShownStep } from './plan-view.js';
import { type RunSurroundings, runCommand } from './run-command.js';
import type { RunFlags } from './run-flags.js';
import type { RunStart } from './run-start.js';
import { newPlan, readPlan, type SavedPlan, writePlan } from './saved-plan.js';
import { readVersion } from './version.js';

/** Gathers a plan from the events of a check. */
class PlanBook {
  /** All that there is to tell, failures among it. */
  readonly shown: ShownStep[] = [];
  readonly hosts = new Set<string>();
  salt = '';
  start: RunStart | undefined;
  fingerprints: Fingerprints = { files: {}, hosts: {} };
  readonly #tasks = new Map<string, string>();

  see(event: StampedEvent): void {
    if (event.type === 'run_started') {
      this.fingerprints = event.fingerprints;
      this.salt = event.salt ?? '';
      this.start = event.start as unknown as RunStart;
    } else if (event.type === 'play_started') for (const host of event.hosts) this.hosts.add(host);
    else if (event.type === 'task_started') this.#tasks.set(event.task, event.name);
    else if (event.type === 'step_finished') this.#step(event);
  }

  #step(event: Extract<StampedEvent, { readonly type: 'step_finished' }>): void {
    const { step, host, task, item, changes, outcome } = event;
    const failure = event.ignored ? undefined : event.failure;
    const silent = outcome === 'changed' && changes.length === 0;
    const unknown = event.unknown ?? (silent ? 'it would change something, and does not say what' : undefined);
    if (changes.length === 0 && unknown === undefined && failure === undefined) return;
    this.shown.push({
      step,
      host,
      task: this.#tasks.get(task) ?? task,
      ...(item === undefined ? {} : { item }),
      changes,
      ...(unknown === undefined ? {} : { unknown }),
      ...(failure === undefined ? {} : { failure }),
    });
  }

  /** What is planned. */
  get steps(): readonly PlannedStep[] {
    return this.shown.filter(({ failure }) => failure === undefined);
  }

  get failures(): readonly ShownStep[] {
    return this.shown.filter(({ failure }) => failure !== undefined);
  }
}

const detailed = (code: number, steps: readonly PlannedStep[]): number => {
  if (code !== EXIT.done) return EXIT.files;
  return steps.length === 0 ? EXIT.done : EXIT.failed;
};

/**
 * Shows what a run would change, and saves it with `--out`. Gives the exit code of the check, or with `--detailed-exitcode` 0 for
 * nothing to change, 2 for changes, 1 for anything else.
 */
export const planCommand = async (flags: PlanFlags, around: RunSurroundings): Promise<number> => {
  if (flags.run.listings.length > 0) return runCommand(flags.run, around);
  const book = new PlanBook();
  const quiet = { ...around, stdout: { ...around.stdout, write: () => undefined } };
  const json = flags.run.output === 'json' || flags.run.output === 'ndjson';
  const run: RunFlags = { ...flags.run, check: true, output: 'plain' };
  const code = await runCommand(run, flags.verbose ? around : quiet, {
    planning: true,
    see: (event) => book.see(event),
  });
  const plan = newPlan(
    {
      by: userInfo().username,
      ratchet: readVersion(),
      start: book.start as RunStart,
      fingerprints: book.fingerprints,
      salt: book.salt,
      steps: book.steps,
    },
    new Date(),
  );
  if (flags.out !== undefined && code === EXIT.done) await writePlan(flags.out, plan);
  around.stdout.write(
    around.secrets.mask(json ? jsonText(plan, book.failures) : planText(book.shown, [...book.hosts])),
  );
  if (flags.out !== undefined)
    around.stderr.write(
      code === EXIT.done
        ? `Saved to ${flags.out}; apply it with: ratchet apply ${flags.out}\n`
        : `Not saved: the check ended with ${code}.\n`,
    );
  return flags.detailedExitCode ? detailed(code, book.steps) : code;
};

const jsonText = ({ steps, made, by }: SavedPlan, failures: readonly ShownStep[]): string =>
  `${JSON.stringify({ made, by, steps, failures }, (_, value) => (typeof value === 'bigint' ? value.toString() : value), 2)}\n`;

const applyFlags = ({ start }: SavedPlan, given: ApplyFlags): RunFlags => {
  const { output: _, ...kept } = start.flags;
  return {
    ...kept,
    check: false,
    diff: given.diff,
    extraVars: [...start.extraVars, ...given.extraVars],
    askPass: given.askPass || start.flags.askPass,
    askVaultPass: given.askVaultPass || start.flags.askVaultPass,
    vaultPasswordFiles: given.vaultPasswordFiles.length > 0 ? given.vaultPasswordFiles : start.flags.vaultPasswordFiles,
    vaultIds: given.vaultIds.length > 0 ? given.vaultIds : start.flags.vaultIds,
    verbosity: given.verbosity,
    ...(given.output === undefined ? {} : { output: given.output }),
  };
};

/**
 * Makes exactly the changes of a saved plan. A host whose before-values have moved is refused untouched (exit code 10); so is a plan
 * file that was altered, and one whose playbooks or inventory have changed.
 */
export const applyCommand = async (flags: ApplyFlags, around: RunSurroundings): Promise<number> => {
  const { plan, text } = await readPlan(flags.plan);
  if (plan.start === undefined)
    throw new RatchetError('plan-altered', `The plan ${flags.plan} does not say how it was made.`);
  if (plan.start.cwd !== around.cwd)
    throw new RatchetError(
      'usage',
      `The plan ${flags.plan} was made in ${plan.start.cwd}, with the settings and files of that folder.`,
      {
        hint: `Apply it there: cd ${plan.start.cwd}`,
      },
    );
  return runCommand(applyFlags(plan, flags), around, {
    ...approvedBy(plan, flags.plan),
    start: { ...plan.start, plan: flags.plan },
    intoFolder: (folder) => keepPlan(text, folder),
  });
};
