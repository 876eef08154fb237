import { type ErrorCode, isNamedSecret, type RatchetError, type Value } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import type { Templar } from '@ratchet/template';
import type { PlayContext } from './contexts.js';
import { delegateOf } from './delegate.js';
import type { HostState } from './host-state.js';
import { notify } from './notify.js';
import { dropRestartingHandlers } from './owed.js';
import { confirmOwed } from './owed-by-task.js';
import type { PlannedItem } from './plan-item.js';
import { encode } from './recorded-data.js';
import { isNews } from './replay.js';
import { failedResult, failureOf, hasChanged, registered, registeredLoop, type StepResult } from './results.js';
import { batchId } from './step-id.js';
import { shownName, taskTemplar } from './task-scope.js';
import { flagOr } from './told-keyword.js';
import { undecidedAt } from './undecided.js';
import { holdSecrets, toldChanges } from './withhold.js';

/** One finished item of a task. */
export interface DoneItem {
  readonly planned: PlannedItem;
  readonly result: StepResult;
}

const CENSORED = { censored: 'the output has been hidden because no_log is set for this task' };

/** Whether an error of this task is ignored on this host. */
export const ignoresErrors = (play: PlayContext, host: HostState, task: Task): boolean =>
  flagOr(taskTemplar(play, host, task), task.ignoreErrors, false, false);

const isIgnored = (play: PlayContext, host: HostState, task: Task, result: StepResult): boolean => {
  if (result.outcome === 'unreachable')
    return flagOr(taskTemplar(play, host, task), task.ignoreUnreachable, false, false);
  return result.failure !== undefined && result.outcome === 'failed' && ignoresErrors(play, host, task);
};

const isSecret = (play: PlayContext, host: HostState, task: Task): boolean =>
  flagOr(taskTemplar(play, host, task), task.noLog, false, true);

/** A loop item's label as it may be told: what `no_log` hides is often the item itself. */
export const shownItem = (play: PlayContext, host: HostState, task: Task, label: string): string =>
  isSecret(play, host, task) ? '(censored due to no_log)' : label;

/** Whether masking takes something out of a result, so that the journal does not hold it as it was. */
const holdsSecret = (play: PlayContext, { values, facts }: StepResult): boolean => {
  const told = JSON.stringify(encode({ values, facts: facts ?? {} }));
  return play.run.options.secrets.mask(told) !== told;
};

/** The journal's end of one step. */
export const finishStep = async (play: PlayContext, host: HostState, task: Task, done: DoneItem): Promise<void> => {
  const { planned, result } = done;
  if (!isNews(play, planned) || (result.failure && stopsHost(result.failure))) return;
  const secret = isSecret(play, host, task);
  for (const [name, value] of Object.entries(result.facts ?? {}))
    if (isNamedSecret(name, value)) play.run.options.secrets.add(value);
  await play.run.sink.emit({
    type: 'step_finished',
    step: planned.step,
    host: host.name,
    task: task.id,
    outcome: result.outcome,
    ignored: result.failure !== undefined && ignoresErrors(play, host, task),
    changes: toldChanges(
      result.changes,
      play.run.salt,
      secret || holdSecrets(result.changes, play.run.options.secrets),
    ),
    result: secret ? CENSORED : result.values,
    ...(result.facts && !secret ? { facts: result.facts } : {}),
    ...(secret || holdsSecret(play, result) ? { withheld: true as const } : {}),
    ...(result.unknown === undefined ? {} : { unknown: result.unknown }),
    ...(secret ? {} : spoken(task)),
    ...showsDiff(task, planned.templar),
    ...delegated(planned),
    ...(result.failure
      ? {
          failure: secret
            ? { code: result.failure.code, message: CENSORED.censored }
            : failureOf(result.failure, task.position),
        }
      : {}),
    ...(planned.label === undefined ? {} : { item: shownItem(play, host, task, planned.label) }),
  });
};

const delegated = ({ delegate }: PlannedItem): { readonly delegate?: string } =>
  delegate ? { delegate: delegate.label } : {};

/** Marks a result that is meant for a person (debug), shown without `-v`. */
const spoken = (task: Task): { readonly spoken?: true | 'wholly' } =>
  task.action.kind === 'module' && task.action.module.kind === 'action' && task.action.module.speaks
    ? { spoken: task.action.module.speaks }
    : {};

const showsDiff = (task: Task, templar: Templar): { readonly showDiff?: boolean } =>
  task.diff === undefined ? {} : { showDiff: flagOr(templar, task.diff, false, false) };

// A loop whose list could not be made, or that was not wanted, has one result: its own.
const neverBegan = ({ planned }: DoneItem): boolean => planned.item.value === undefined;

const combine = (task: Task, items: readonly DoneItem[]): StepResult => {
  const [only] = items;
  if (only && (!task.loop || neverBegan(only))) return only.result;
  const failed = items.find((done) => done.result.failure);
  const changes = items.flatMap((done) => done.result.changes);
  const any = (outcome: StepResult['outcome']): boolean => items.some((done) => done.result.outcome === outcome);
  const changed = items.some((done) => hasChanged(done.result));
  if (failed?.result.failure)
    return {
      ...failedResult(failed.result.failure, {}, changes),
      values: { msg: 'One or more items failed', changed, failed: true },
    };
  if (items.every((done) => done.result.outcome === 'skipped')) {
    return {
      outcome: 'skipped',
      changes,
      values: { changed: false, skipped: true, msg: items.length === 0 ? 'No items in the list' : 'All items skipped' },
    };
  }
  return {
    outcome: any('changed') ? 'changed' : 'ok',
    changes,
    values: { changed: any('changed'), msg: 'All items completed' },
  };
};

const count = (host: HostState, result: StepResult, ignored: boolean): void => {
  const { recap } = host;
  if (result.outcome === 'skipped') recap.skipped += 1;
  else if (result.outcome === 'unreachable' && !ignored) recap.unreachable += 1;
  else if (result.failure && !ignored) recap.failed += 1;
  else {
    recap.ok += 1;
    if (ignored) recap.ignored += 1;
    if (hasChanged(result)) recap.changed += 1;
  }
};

// Each changed item notifies; a name may hold the item.
const notifyAll = async (
  play: PlayContext,
  host: HostState,
  task: Task,
  items: readonly DoneItem[],
  told: boolean,
): Promise<RatchetError | undefined> => {
  for (const { planned, result } of items) {
    if (result.outcome !== 'changed' || task.notify.length === 0) continue;
    const lost = await notify(play, host, task, planned, told);
    if (lost) return lost;
  }
  return undefined;
};

// Not failures of the task: nobody did anything wrong, and somebody has to say how to go on.
const STOPPING: readonly ErrorCode[] = ['resume-undecided', 'before-moved', 'host-locked'];

const stopsHost = ({ code }: RatchetError): boolean => STOPPING.includes(code);

/** The host goes no further: somebody has to look at it. Its step stays open in the journal. */
const stopHost = async (
  play: PlayContext,
  host: HostState,
  items: readonly DoneItem[],
  result: StepResult,
): Promise<StepResult> => {
  const step = items.find((done) => done.result.failure && stopsHost(done.result.failure))?.planned.step ?? '';
  host.stopped = result.failure;
  await play.run.sink.emit({
    type: 'host_stopped',
    host: host.name,
    step,
    failure: failureOf(undecidedAt(step, result.failure as RatchetError), undefined),
  });
  return result;
};

const toRegister = (task: Task, items: readonly DoneItem[], result: StepResult): Value => {
  if (!task.loop) return registered(result);
  if (items.some(neverBegan)) return registered(result);
  return registeredLoop(items.map((done) => ({ own: done.planned.item.own, result: done.result })));
};

const isUnknown = ({ result }: DoneItem): boolean => result.unknown !== undefined;

/** The variables that `set_fact` names: where their values are unknown, so is what is made of them. */
const factsSaid = ({ action, params }: Task): readonly string[] =>
  action.kind === 'module' && action.module.name === 'set_fact' && params instanceof Map
    ? [...params.keys()].filter((name): name is string => typeof name === 'string' && name !== 'cacheable')
    : [];

/** Ends a task on a host: registers, counts, notifies, fails the host, tells. Returns what the task came to. */
export const finishTask = async (
  play: PlayContext,
  host: HostState,
  task: Task,
  items: readonly DoneItem[],
): Promise<StepResult> => {
  let result = combine(task, items);
  if (result.failure && stopsHost(result.failure)) return stopHost(play, host, items, result);
  const known = play.run.resume?.history.taskFinished(batchId(play), task.id, host.name) === true;
  const told = known && items.every((done) => !isNews(play, done.planned));
  if (task.register) {
    host.facts.set(task.register, toRegister(task, items, result));
    if (!items.some((done) => done.planned.withheld)) host.withheld.delete(task.register);
    if (items.some(isUnknown)) host.unknown.add(task.register);
    else host.unknown.delete(task.register);
  }
  for (const name of factsSaid(task)) {
    if (items.some(isUnknown)) host.unknown.add(name);
    else if (items.some(({ result: { outcome } }) => outcome !== 'skipped')) host.unknown.delete(name);
  }
  // A restart that an earlier process did: what was notified before it comes from the journal, too.
  for (const { planned, result: again } of items)
    if (planned.replayed && again.changes.some(({ kind }) => kind === 'reboot'))
      dropRestartingHandlers(play, delegateOf(play, task, planned.templar)?.host ?? host);
  if (result.outcome === 'changed' && !result.failure) {
    const lost = await notifyAll(play, host, task, items, told);
    if (lost) result = failedResult(lost, result.values, result.changes);
  }
  if (!told) await confirmOwed(play, host, task, result);
  const ignored = isIgnored(play, host, task, result);
  count(host, result, ignored);
  if (result.outcome === 'unreachable' && !ignored) host.unreachable = true;
  else if (result.failure && !ignored) {
    host.failed = true;
    host.failure = { task, result: toRegister(task, items, result) };
  }
  if (told) return result;
  const secret = isSecret(play, host, task);
  await play.run.sink.emit({
    type: 'task_finished',
    play: batchId(play),
    task: task.id,
    name: shownName(taskTemplar(play, host, task), task),
    host: host.name,
    outcome: result.outcome,
    ignored,
    rescued: false,
    ...(task.loop ? { items: items.length } : items[0] ? delegated(items[0].planned) : {}),
    changes: secret ? [] : toldChanges(result.changes, play.run.salt, false),
    result: secret ? CENSORED : result.values,
    ...(secret ? {} : spoken(task)),
    ...showsDiff(task, taskTemplar(play, host, task, items[0]?.planned.item.own)),
    ...(result.failure
      ? {
          failure: secret
            ? { code: result.failure.code, message: CENSORED.censored }
            : failureOf(result.failure, task.position),
        }
      : {}),
  });
  return result;
};
