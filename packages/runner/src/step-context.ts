import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ActionContext,
  type ApplyContext,
  type Change,
  RatchetError,
  sourceError,
  toPlain,
  type Value,
} from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import { findOnPath, searchPlaces } from '@ratchet/template';
import { bootOf } from './boot-of.js';
import type { PlayContext } from './contexts.js';
import { controllerFor } from './controller.js';
import { lockHost, lockThroughRestart } from './host-lock.js';
import { type HostPort, type HostState, owesRestart } from './host-state.js';
import { type Changing, noteOwed, owesRestarting } from './owed-by-task.js';
import type { PlannedItem } from './plan-item.js';
import type { ResourceEnvironment } from './resource-steps.js';
import { searchRoots } from './search-roots.js';
import { taskScope } from './task-scope.js';
import { flag } from './told-keyword.js';
import { holdSecrets, toldChanges } from './withhold.js';

/** Waits; throws `interrupted` as soon as Ctrl-C is pressed. */
export const interruptible = async (ms: number, signal: AbortSignal): Promise<void> => {
  try {
    await delay(ms, undefined, { signal });
  } catch {
    throw new RatchetError('interrupted', 'The run was interrupted.');
  }
};

/** Aborted by Ctrl-C, and when the task's own time is over. */
export const signalOf = ({ run }: PlayContext, { cut }: PlannedItem): AbortSignal =>
  cut ? AbortSignal.any([run.options.signal, cut]) : run.options.signal;

/** What a module may know and do beside its host. */
export const applyContext = (play: PlayContext, host: HostState, planned: PlannedItem): ApplyContext => ({
  checkMode: planned.checkMode,
  restartOwed: owesRestart(host) || host.wouldOwe,
  restartsDone: host.restarts,
  signal: signalOf(play, planned),
  progress: (message) => {
    play.run.background(play.run.sink.emit({ type: 'step_progress', step: planned.step, host: host.name, message }));
  },
  now: () => Date.now(),
  sleep: (ms) => interruptible(ms, signalOf(play, planned)),
});

/** A variable, or something in one: what a template comes to may name no more than that. */
const NAME_PATH = /^[A-Za-z_]\w*(?:\.\w+|\[(?:\d+|'[^']*'|"[^"]*")\])*$/;

/** A parameter as it is written, templates in it; `module_defaults` stand below the task's own. Undefined where no task names it. */
const writtenParam = ({ params, paramsBelow = [] }: Task, name: string): Value | undefined =>
  [params, ...paramsBelow]
    .map((layer) => (layer instanceof Map ? layer.get(name) : undefined))
    .find((value) => value !== undefined);

/** The conditions under a parameter. Errors: `param-invalid` where the parameters as a whole come from a template. */
const conditionsUnder = (task: Task, { templar }: PlannedItem, parameter: string) => {
  const value = writtenParam(task, parameter);
  if (value !== undefined) return templar.conditions(value, task.paramPositions.get(parameter) ?? task.position);
  throw sourceError(
    'param-invalid',
    `The conditions of "${parameter}" do not stand in the task itself.`,
    task.position,
    {
      hint: `Write "${parameter}:" below the module; what a template comes to is not read as conditions.`,
    },
  );
};

/** The same for actions, which may also evaluate expressions in the task's variables. */
export const actionContext = (play: PlayContext, host: HostState, task: Task, planned: PlannedItem): ActionContext => ({
  ...applyContext(play, host, planned),
  verbosity: play.run.options.verbosity,
  textMode: play.run.options.native === false,
  diffMode: flag(planned.templar, task.diff, play.run.options.diff),
  playbookFolder: dirname(play.play.position.file.path),
  controller: controllerFor(play, host, task, planned),
  evaluate: (parameter, expression) =>
    writtenParam(task, parameter) === expression || NAME_PATH.test(expression)
      ? toPlain(planned.templar.finish(planned.templar.expression(expression, task.position)))
      : expression,
  conditions: (parameter) =>
    conditionsUnder(task, planned, parameter).map(({ shown, holds }) => ({ shown: () => toPlain(shown()), holds })),
  variable: (name) => {
    const value = planned.templar.variable(name);
    return value === undefined ? undefined : toPlain(value);
  },
  rawVariable: (name) => taskScope(play, host, task, planned.item.own).get(name),
  place: {
    ...(task.role ? { role: resolve(task.role.path) } : {}),
    folder: resolve(dirname(task.position.file.path)),
  },
  findFile: (folder, name) => findOnPath(searchRoots(play, task), folder, name),
  searched: (folder, name) => searchPlaces(searchRoots(play, task), folder, name),
  readVariables: (path) => play.run.options.loadVars(path),
});

/** What a saved plan says of a step's changes; nothing without a plan. */
export const planApproval = (play: PlayContext, host: HostState): Pick<ResourceEnvironment, 'approve'> => {
  const { approval } = play.run;
  return approval ? { approve: (step, changes) => approval.refusal(step.id, host.name, changes) } : {};
};

/** The intent of an action that changes the host: on disk before it is sent. */
export const intendAction = async (play: PlayContext, changing: Changing, repeatable: boolean): Promise<void> => {
  await noteOwed(play, changing, []);
  if (repeatable) return;
  const changes: readonly Change[] = [];
  await play.run.sink.emit({ type: 'step_applying', step: changing.step, host: changing.host.name, changes });
};

/** The intent of a step: backup, journal line and debt on disk before the host is touched. */
export const intend = async (
  play: PlayContext,
  changing: Changing,
  changes: readonly Change[],
  secret: boolean,
): Promise<void> => {
  const { target: host, step } = changing;
  // One that an interrupted run had asked for is counted by the journal.
  if (changes.some((change) => change.kind === 'reboot' && !change.continued)) host.restarts += 1;
  const { options, salt } = play.run;
  const bytes = options.backup(changes);
  let backup: string | undefined;
  if (bytes.length > 0) {
    play.run.backups += 1;
    backup = `${String(play.run.backups).padStart(4, '0')}-${host.name.replace(/[^\w.-]/g, '_')}.reg`;
    await play.run.journal.backup(backup, bytes);
  }
  const hidden = secret || holdSecrets(changes, options.secrets);
  const told = toldChanges(changes, salt, hidden);
  const kept = backup === undefined ? {} : { backup };
  host.intents.push({ step, changes: told, ...kept });
  await play.run.sink.emit({
    type: 'step_applying',
    step,
    host: host.name,
    changes: told,
    ...kept,
  });
  // One that is gone on with was noted, and its host may be down.
  if (isContinued(changes)) return;
  await noteOwed(play, changing, changes);
  if (changes.some((change) => change.kind === 'reboot')) await lockThroughRestart(play.run, host);
};

/** Whether the only change is a restart that an interrupted run may have asked for: its host cannot be asked anything before it is back. */
export const isContinued = (changes: readonly Change[]): boolean =>
  changes.length > 0 && changes.every((change) => change.kind === 'reboot' && change.continued === true);

/** How resource steps lock their host before they change it; the boot is read beside, where a restart would settle what they owe. */
export const locking = (
  play: PlayContext,
  host: HostState,
  port: HostPort,
  of: (step: string) => Changing,
): NonNullable<ResourceEnvironment['lock']> => {
  const readFrom = performance.now();
  return async (changing) => {
    if (changing.every(({ changes }) => isContinued(changes))) return undefined;
    const stale = await lockHost(play, host, port, readFrom);
    const owes = changing.some(({ step, changes }) => owesRestarting(of(step.id), changes));
    return { stale, beside: async () => (owes ? bootOf(play, host) : undefined) };
  };
};
