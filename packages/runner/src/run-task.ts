import { Gate } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import { planSkipped, runBatch, started } from './batch.js';
import type { PlayContext } from './contexts.js';
import { type DoneItem, finishStep, finishTask } from './finish-task.js';
import { active, type HostState } from './host-state.js';
import { failureOfStep, stopIfInterrupted } from './interrupted.js';
import { mapLimited } from './limit.js';
import { itemsOf } from './loop-items.js';
import { notReady } from './not-ready.js';
import { type Item, planItem } from './plan-item.js';
import { isNews, replay } from './replay.js';
import { failedResult, type StepResult } from './results.js';
import { runItem } from './run-item.js';
import { interruptible } from './step-context.js';
import { shownName, taskTemplar } from './task-scope.js';
import { flagOr, numberOr } from './told-keyword.js';

const decidedAlone = (play: PlayContext, host: HostState, task: Task, instead?: StepResult): DoneItem => {
  const planned = planSkipped(play, host, task);
  return { planned, result: instead ?? (planned.decided as StepResult) };
};

const itemsOrDecision = (play: PlayContext, host: HostState, task: Task): readonly Item[] | DoneItem => {
  try {
    const items = itemsOf(play, host, task);
    return items === 'skip' ? decidedAlone(play, host, task) : items;
  } catch (thrown) {
    return decidedAlone(play, host, task, notReady(thrown, task));
  }
};

/** Runs one task on one host, item by item. */
const runAlone = async (play: PlayContext, host: HostState, task: Task): Promise<void> => {
  const found = itemsOrDecision(play, host, task);
  const done: DoneItem[] = [];
  if ('planned' in found) {
    await play.run.sink.emit(started(play, host, task, found.planned));
    await finishStep(play, host, task, found);
    done.push(found);
  } else {
    for (const [index, item] of found.entries()) {
      if (index > 0 && task.loopControl.pause !== undefined) {
        const seconds = numberOr(taskTemplar(play, host, task), task.loopControl.pause, 0);
        await interruptible(seconds * 1000, play.run.options.signal);
      }
      const before = replay(play, host, task, item);
      if (before) {
        await finishStep(play, host, task, before);
        done.push(before);
        continue;
      }
      const first = planItem(play, host, task, item);
      if (isNews(play, first)) await play.run.sink.emit(started(play, host, task, first));
      const finished = await runItem(play, host, task, item).catch((thrown: unknown): DoneItem => {
        // An `until` or a `timeout` that cannot be evaluated fails this host, not the run.
        const failure = failureOfStep(thrown, play.run.options.signal);
        return { planned: first, result: failedResult(failure.at({ at: 'source', position: task.position })) };
      });
      await finishStep(play, host, task, finished);
      done.push(finished);
      if (finished.result.outcome === 'unreachable') break;
    }
  }
  await finishTask(play, host, task, done);
};

/** The event that opens a task. */
export const announce = (play: PlayContext, host: HostState, task: Task): Promise<void> =>
  play.run.sink.emit({
    type: 'task_started',
    task: task.id,
    name: shownName(taskTemplar(play, host, task), task),
    handler: task.handler,
  });

const isOncePerBatch = (task: Task): boolean =>
  task.action.kind === 'module' && task.action.module.kind === 'action' && task.action.module.oncePerBatch === true;

/** How many hosts may be at a task at once: `forks`, and no more than its `throttle`. */
const atOnce = (play: PlayContext, host: HostState, task: Task): number => {
  const { forks } = play.run.options;
  if (task.throttle === undefined || task.throttle === null) return forks;
  const most = numberOr(taskTemplar(play, host, task), task.throttle, 0);
  return most > 0 ? Math.min(forks, most) : forks;
};

// Under `free` each host comes to a task by itself, and they count together.
const throttled = async (
  play: PlayContext,
  task: Task,
  most: number,
  work: () => Promise<unknown>,
): Promise<unknown> => {
  if (play.play.strategy !== 'free' || task.throttle === undefined || task.throttle === null) return work();
  const gate = play.gates.get(task.id) ?? new Gate(most);
  play.gates.set(task.id, gate);
  return gate.within(work);
};

/** Runs one task on the hosts that still take part; `announced`: others of its hosts had it just before. */
export const runTask = async (
  play: PlayContext,
  hosts: readonly HostState[],
  task: Task,
  announced = false,
): Promise<void> => {
  stopIfInterrupted(play.run.options.signal);
  const working = active(hosts);
  const [first] = working;
  if (!first) return;
  if (!announced) await announce(play, first, task);
  // Where it cannot be told, the task fails on each host when it is made ready.
  const once = flagOr(taskTemplar(play, first, task), task.runOnce, false, false);
  const most = atOnce(play, first, task);
  await throttled(play, task, most, () =>
    mapLimited(once || isOncePerBatch(task) ? [first] : working, most, (host) => runAlone(play, host, task)),
  );
  if (!once || !task.register) return;
  const value = first.facts.get(task.register);
  for (const host of working) if (host !== first && value !== undefined) host.facts.set(task.register, value);
};

/** Runs consecutive tasks that may share round trips on the hosts that still take part; shown task by task. */
export const runShared = async (
  play: PlayContext,
  hosts: readonly HostState[],
  tasks: readonly Task[],
): Promise<void> => {
  stopIfInterrupted(play.run.options.signal);
  const working = active(hosts);
  const [first] = working;
  if (!first) return;
  const held = play.run.sink.hold();
  try {
    for (const task of tasks) await announce(play, first, task);
    await mapLimited(working, play.run.options.forks, (host) => runBatch(play, host, tasks));
  } finally {
    const order = new Map(tasks.map((task, index) => [task.id, index]));
    const stepTask = new Map<string, string>();
    held.release((event) => {
      if ('step' in event && 'task' in event) stepTask.set(event.step, event.task);
      const task =
        'task' in event
          ? event.task
          : 'step' in event
            ? stepTask.get(event.step)
            : 'by' in event
              ? event.by
              : undefined;
      return task === undefined ? tasks.length : (order.get(task) ?? tasks.length);
    });
  }
};
