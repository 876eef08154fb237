import {
  type ActionModule,
  type ActionResult,
  asksForRestart,
  type Change,
  type HostWriter,
  RatchetError,
  type ResourceModule,
} from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import { neverSent } from './broken-link.js';
import { runWatched } from './changing-port.js';
import type { PlayContext } from './contexts.js';
import { lockAfterRestart, lockHost } from './host-lock.js';
import { portOf } from './host-port.js';
import type { HostState } from './host-state.js';
import { inTime } from './in-time.js';
import { failureOfStep, stopIfInterrupted } from './interrupted.js';
import { holdFor, judge } from './judge.js';
import { outlast, runSurely } from './lost-connection.js';
import { isNotReady, notReady } from './not-ready.js';
import { dropRestartingHandlers, meetHost, settleRestart } from './owed.js';
import { changingStep } from './owed-by-task.js';
import { type Item, type PlannedItem, planItem } from './plan-item.js';
import { onlyForItsResult, recordOf, refuseUndecided, resultAgain, withIntent } from './replay.js';
import type { ResourceEnvironment, ResourceOutcome, ResourceStep } from './resource-steps.js';
import { failedResult, type StepResult, skippedByModule, unknownResult } from './results.js';
import { applyEffects } from './run-effects.js';
import { actionContext, applyContext, intend, intendAction, locking, planApproval, signalOf } from './step-context.js';
import { portWithEnvironment } from './task-environment.js';
import { shownName } from './task-scope.js';
import { flag, number } from './told-keyword.js';

/** A planned resource as the step executor takes it. */
export const resourceStep = (play: PlayContext, planned: PlannedItem): ResourceStep => ({
  id: planned.step,
  module: planned.module as ResourceModule,
  params: planned.params,
  checkMode: planned.checkMode || onlyForItsResult(play, planned),
  ...(onlyForItsResult(play, planned) ? { done: true as const } : {}),
});

/** The result of a resource step, and what follows from it for the host: a restart done, or one that would be owed. */
export const resourceResult = async (
  play: PlayContext,
  host: HostState,
  planned: PlannedItem,
  outcome: ResourceOutcome,
): Promise<StepResult> => {
  // A failed step's values would tell what it meant to do (a restart, a changed value) as if it were done.
  if (outcome.failure) {
    lockAfterRestart(play.run, host);
    return failedResult(failureOfStep(outcome.failure, play.run.options.signal), {}, outcome.changes);
  }
  const recorded = recordOf(play, planned);
  if (recorded && onlyForItsResult(play, planned)) {
    const again = resultAgain(recorded);
    return { ...again, values: { ...outcome.values, ...again.values } };
  }
  const changes = withIntent(recorded, outcome.changes);
  const changed = changes.length > 0 || (recorded?.state === 'applying' && !planned.checkMode);
  if (planned.checkMode) host.would.push(...changes);
  if (changed && planned.checkMode && asksForRestart(changes)) host.wouldOwe = true;
  const restarted = changes.some((change) => change.kind === 'reboot');
  if (restarted && planned.checkMode) {
    host.wouldOwe = false;
    dropRestartingHandlers(play, host);
  }
  if (restarted && !planned.checkMode) {
    lockAfterRestart(play.run, host);
    await settleRestart(play, host);
  }
  return { outcome: changed ? 'changed' : 'ok', changes, values: { ...outcome.values, changed } };
};

const interruptedIntent = (play: PlayContext, planned: PlannedItem): { readonly interrupted?: readonly Change[] } => {
  const recorded = recordOf(play, planned);
  return recorded?.state === 'applying' ? { interrupted: recorded.changes } : {};
};

/** The host that a step's work is done on. */
export const targetOf = (host: HostState, planned: PlannedItem): HostState => planned.delegate?.host ?? host;

const runResource = async (
  play: PlayContext,
  host: HostState,
  task: Task,
  planned: PlannedItem,
): Promise<StepResult> => {
  const secret = flag(planned.templar, task.noLog, false);
  const target = targetOf(host, planned);
  const port = portOf(play, target, { task, own: planned.item.own });
  // What a restart decides depends on what is owed. One that is gone on with is decided, and its host may be down: it is met afterwards.
  const restarts = planned.module?.restarts === true;
  const continued = restarts && recordOf(play, planned)?.state === 'applying';
  if (restarts && !continued) await meetHost(play, target, port);
  const changing = changingStep(play, host, target, task, planned);
  const environment: ResourceEnvironment = {
    host: port,
    context: applyContext(play, target, planned),
    intend: (_step, changes) => intend(play, changing, changes, secret),
    ...(continued ? {} : { met: () => meetHost(play, target, port) }),
    lock: locking(play, target, port, () => changing),
    ...planApproval(play, target),
    earlier: target.would,
    ...interruptedIntent(play, planned),
  };
  const signal = signalOf(play, planned);
  const [outcome] = await runSurely(play, target, [resourceStep(play, planned)], environment, signal);
  if (continued && !outcome?.failure) await meetHost(play, target, port);
  return resourceResult(play, target, planned, outcome as ResourceOutcome);
};

const NO_HOST = new Proxy({} as never, {
  get: () => {
    throw new RatchetError('internal', 'a module that says it needs no host asked for one');
  },
});

const saysWhenItRuns = ({ name }: ActionModule): StepResult =>
  unknownResult(`${name} says what it does only when it runs`);

type Ended = { readonly result: ActionResult } | { readonly failure: RatchetError };

/**
 * Runs an action; before its first change the host is locked, and what it owes and its intent are on disk. Where the connection is lost
 * before anything that changes was sent, it begins anew once the host is back; what was sent is never sent again.
 */
const runOnHost = async (
  play: PlayContext,
  host: HostState,
  task: Task,
  planned: PlannedItem,
  act: (port: HostWriter) => Promise<ActionResult>,
): Promise<ActionResult> => {
  const target = targetOf(host, planned);
  const port = portOf(play, target, { task, own: planned.item.own });
  const withEnvironment = portWithEnvironment(port, planned, task);
  const module = planned.module as ActionModule;
  const changing = changingStep(play, host, target, task, planned);
  const before = async (readFrom: number): Promise<boolean> => {
    if (await lockHost(play, target, port, readFrom)) return true;
    await intendAction(play, changing, module.repeatable?.(planned.params) === true);
    return false;
  };
  let sent = 0;
  const sending = (): void => {
    sent += 1;
  };
  const ended = await outlast<Ended>(play, target, signalOf(play, planned), {
    attempt: async () => {
      try {
        if (planned.checkMode) return { result: await act(withEnvironment) };
        return { result: await runWatched({ port: withEnvironment, before, act, sending }) };
      } catch (thrown) {
        return { failure: failureOfStep(thrown, play.run.options.signal) };
      }
    },
    failureIn: (one) => ('failure' in one ? one.failure : undefined),
    mayRepeat: (failure) => sent === 0 || (sent === 1 && neverSent(failure)),
  });
  if ('failure' in ended) throw ended.failure;
  return ended.result;
};

const runAction = async (play: PlayContext, host: HostState, task: Task, planned: PlannedItem): Promise<StepResult> => {
  const module = planned.module as ActionModule;
  refuseUndecided(play, task, planned);
  if (planned.checkMode && module.checkMode === 'skips')
    return play.run.options.planning
      ? saysWhenItRuns(module)
      : skippedByModule(`${module.name} does not run in check mode`);
  const act = (on: HostWriter) => module.run(planned.params, on, actionContext(play, host, task, planned));
  const result = module.needsHost ? await runOnHost(play, host, task, planned, act) : await act(NO_HOST);
  if (play.run.options.planning && result.guessed) return saysWhenItRuns(module);
  const values = { ...(result.msg === undefined ? {} : { msg: result.msg }), ...result.values };
  if (result.failed) stopIfInterrupted(play.run.options.signal);
  if (result.failed)
    return failedResult(new RatchetError('task-failed', result.msg ?? `${module.name} failed`), {
      ...values,
      changed: result.changed === true,
    });
  if (result.skipped) {
    const skipped = skippedByModule(result.msg ?? 'skipped by the module');
    return { ...skipped, values: { ...values, ...skipped.values } };
  }
  const effects = await applyEffects(play, host, task, planned, result);
  const changed = result.changed === true || effects.changed === true;
  return {
    outcome: changed ? 'changed' : 'ok',
    changes: result.changes ?? [],
    values: { changed, ...values, ...effects.values },
    ...(result.facts ? { facts: result.facts } : {}),
  };
};

const execute = async (play: PlayContext, host: HostState, task: Task, planned: PlannedItem): Promise<StepResult> => {
  if (planned.decided) return planned.decided;
  try {
    const seconds = number(planned.templar, task.timeout, 0);
    return await inTime(planned.templar, task, seconds, (cut) => {
      const timed = cut ? { ...planned, cut } : planned;
      return planned.module?.kind === 'resource'
        ? runResource(play, host, task, timed)
        : runAction(play, host, task, timed);
    });
  } catch (thrown) {
    // A module that evaluates by itself (debug's `var`, assert's `that`) asks for variables only now.
    if (isNotReady(thrown)) return notReady(thrown, task);
    return failedResult(failureOfStep(thrown, play.run.options.signal));
  }
};

/** Runs one item of a task on a host, with `until`, `changed_when` and `failed_when`. Throws `interrupted`, `journal-write`, and what `until` throws. */
export const runItem = async (
  play: PlayContext,
  host: HostState,
  task: Task,
  item: Item,
): Promise<{ readonly planned: PlannedItem; readonly result: StepResult }> => {
  let planned = planItem(play, host, task, item);
  const attemptAt = async (attempt: number): Promise<StepResult> => {
    const done = await execute(play, host, task, planned);
    const counted = task.until && !planned.decided ? { ...done, values: { ...done.values, attempts: attempt } } : done;
    return judge(play, host, task, item, counted);
  };
  let result = await attemptAt(1);
  if (!task.until || planned.decided || result.unknown !== undefined) return { planned, result };
  const retries = Math.max(0, number(planned.templar, task.until.retries, 3));
  const pause = number(planned.templar, task.until.delay, 5);
  for (let attempt = 1; ; attempt++) {
    const { failure } = result;
    if (result.outcome === 'unreachable' || failure?.code === 'timeout') return { planned, result };
    if (holdFor(play, host, task, item, result, task.until.conditions)) return { planned, result };
    if (attempt > retries) {
      // As in Ansible: where failed_when says that it is no failure, it only reads as one.
      if (task.failedWhen && !failure)
        return { planned, result: { ...result, values: { ...result.values, attempts: retries, failed: true } } };
      const gaveUp = failure ?? new RatchetError('task-failed', 'the until condition did not come true');
      const values = { ...result.values, attempts: retries };
      return {
        planned,
        result: { ...failedResult(gaveUp, values, result.changes), values: { ...values, failed: true } },
      };
    }
    await tellRetry(play, host, task, planned, retries - attempt + 1);
    await actionContext(play, host, task, planned).sleep(pause * 1000);
    planned = { ...planItem(play, host, task, item), retried: true };
    result = await attemptAt(attempt + 1);
  }
};

const tellRetry = (play: PlayContext, host: HostState, task: Task, planned: PlannedItem, left: number): Promise<void> =>
  play.run.sink.emit({
    type: 'step_retrying',
    step: planned.step,
    host: host.name,
    task: task.id,
    name: shownName(planned.templar, task),
    left,
    ...(planned.delegate ? { delegate: planned.delegate.label } : {}),
  });
