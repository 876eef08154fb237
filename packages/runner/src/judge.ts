import { RatchetError } from '@ratchet/core';
import type { Condition, Task } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';
import type { HostState } from './host-state.js';
import { whyUnknown } from './not-ready.js';
import type { Item } from './plan-item.js';
import { failedResult, registered, type StepResult } from './results.js';
import { taskTemplar } from './task-scope.js';
import { readyingError } from './undecided.js';
import { UnknownVariable } from './variables.js';

/** Whether conditions hold when the result is already known under the task's `register`. Throws as templating does. */
export const holdFor = (
  play: PlayContext,
  host: HostState,
  task: Task,
  item: Item,
  result: StepResult,
  conditions: readonly Condition[],
): boolean => {
  const own = new Map(item.own);
  if (task.register) own.set(task.register, registered(result));
  const templar = taskTemplar(play, host, task, own);
  return conditions.every((condition) => templar.condition(condition.value, condition.position));
};

/** What a result is after `changed_when` and `failed_when` have been asked; the first counts for a failure too, as in Ansible. */
export const judge = (play: PlayContext, host: HostState, task: Task, item: Item, result: StepResult): StepResult => {
  if (result.outcome === 'skipped' || result.outcome === 'unreachable') return result;
  const holds = (conditions: readonly Condition[], now: StepResult): boolean =>
    holdFor(play, host, task, item, now, conditions);
  let judged = result;
  let asking = 'changed_when_result';
  try {
    if (task.changedWhen) judged = withChanged(judged, holds(task.changedWhen, judged));
    asking = 'failed_when_result';
    if (task.failedWhen) judged = withFailed(judged, holds(task.failedWhen, judged));
  } catch (thrown) {
    if (thrown instanceof UnknownVariable) return { ...judged, unknown: whyUnknown(thrown) };
    const error = readyingError(thrown);
    return failedResult(error, { ...judged.values, [asking]: error.message }, judged.changes);
  }
  return judged;
};

const withChanged = (result: StepResult, changed: boolean): StepResult => ({
  ...result,
  outcome: result.outcome === 'failed' ? 'failed' : changed ? 'changed' : 'ok',
  values: { ...result.values, changed },
});

const withFailed = (result: StepResult, failed: boolean): StepResult => {
  const values: StepResult['values'] = { ...result.values, failed, failed_when_result: failed };
  const { failure: _, ...rest } = result;
  if (failed) {
    const failure = new RatchetError('task-failed', String(values['msg'] ?? 'failed_when is true'));
    return { ...rest, outcome: 'failed', values, failure };
  }
  const changed = values['changed'] === true || (values['changed'] === undefined && result.changes.length > 0);
  return { ...rest, outcome: changed ? 'changed' : 'ok', values };
};
