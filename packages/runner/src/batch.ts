import type { Task, TaskNode } from '@ratchet/playbook';
import { askBootAhead } from './boot-of.js';
import type { PlayContext } from './contexts.js';
import { type DoneItem, finishStep, finishTask, ignoresErrors, shownItem } from './finish-task.js';
import { portOf } from './host-port.js';
import { type HostState, isActive } from './host-state.js';
import { failureOfStep } from './interrupted.js';
import { itemsOf } from './loop-items.js';
import { runSurely } from './lost-connection.js';
import { notReady } from './not-ready.js';
import { isStranger, meetHost } from './owed.js';
import { type Changing, changingStep } from './owed-by-task.js';
import { type PlannedItem, planItem } from './plan-item.js';
import { isNews, replay } from './replay.js';
import type { ResourceOutcome } from './resource-steps.js';
import { type StepResult, skippedResult } from './results.js';
import { resourceResult, resourceStep } from './run-item.js';
import { applyContext, intend, locking, planApproval } from './step-context.js';
import { flag } from './told-keyword.js';
import { PendingVariable } from './variables.js';

// A task that says how its host is reached may go to another connection than its neighbours.
const connectsByItself = ({ connection, remoteUser, port, vars }: Task): boolean =>
  connection !== undefined ||
  remoteUser !== undefined ||
  port !== undefined ||
  [...vars.keys()].some((name) => String(name).startsWith('ansible_'));

/** Whether a task's steps may share a read, an import and a verifying read with its neighbours'. */
export const mayShare = (node: TaskNode): node is Task =>
  node.kind === 'task' &&
  node.action.kind === 'module' &&
  node.action.module.kind === 'resource' &&
  node.action.module.footprint !== undefined &&
  (node.action.module.apply === undefined || node.action.module.registryOnly === true) &&
  !(
    node.until ||
    node.changedWhen ||
    node.failedWhen ||
    node.delegateTo ||
    node.runOnce ||
    node.timeout ||
    node.async ||
    (node.become !== undefined && node.become !== false) ||
    node.throttle ||
    node.anyErrorsFatal
  ) &&
  node.loopControl.pause === undefined &&
  !connectsByItself(node);

interface Planned {
  readonly task: Task;
  readonly items: readonly PlannedItem[];
  readonly results: Map<PlannedItem, StepResult>;
}

const planTask = (play: PlayContext, host: HostState, task: Task): Planned => {
  const results = new Map<PlannedItem, StepResult>();
  const record = (planned: PlannedItem): PlannedItem => {
    if (planned.decided) results.set(planned, planned.decided);
    return planned;
  };
  try {
    const items = itemsOf(play, host, task);
    if (items === 'skip') {
      const empty = { index: 0, own: new Map() };
      return { task, items: [record({ ...planSkipped(play, host, task), item: empty })], results };
    }
    return {
      task,
      items: items.map((item) => {
        const before = replay(play, host, task, item);
        return record(before ? { ...before.planned, decided: before.result } : planItem(play, host, task, item));
      }),
      results,
    };
  } catch (thrown) {
    if (thrown instanceof PendingVariable) throw thrown;
    const planned = {
      ...planSkipped(play, host, task),
      decided: notReady(thrown, task),
    };
    return { task, items: [record(planned)], results };
  }
};

/** An item that is decided before any parameter is looked at. */
export const planSkipped = (play: PlayContext, host: HostState, task: Task): PlannedItem => {
  const planned = planItem(play, host, { ...task, when: [], params: null }, { index: 0, own: new Map() });
  return { ...planned, decided: skippedResult('Conditional result was False') };
};

const failsHere = (play: PlayContext, host: HostState, planned: Planned): boolean =>
  [...planned.results.values()].some((result) => result.failure) && !ignoresErrors(play, host, planned.task);

/** Plans tasks until one needs what another of them registers, or fails. */
const planRound = (play: PlayContext, host: HostState, tasks: readonly Task[]): readonly Planned[] => {
  const round: Planned[] = [];
  host.pending.clear();
  try {
    for (const task of tasks) {
      const planned = planTask(play, host, task);
      round.push(planned);
      if (task.register) host.pending.add(task.register);
      if (failsHere(play, host, planned)) break;
    }
  } catch (thrown) {
    if (!(thrown instanceof PendingVariable)) throw thrown;
  } finally {
    host.pending.clear();
  }
  return round;
};

const executeRound = async (play: PlayContext, host: HostState, round: readonly Planned[]): Promise<void> => {
  let open = round.flatMap((planned) =>
    planned.items.filter((item) => !item.decided).map((item) => ({ planned, item })),
  );
  const steps = new Map(
    round.flatMap(({ task, items }) => items.map((planned) => [planned.step, { task, planned }] as const)),
  );
  const found = (step: string) => steps.get(step) as { readonly task: Task; readonly planned: PlannedItem };
  const changing = (step: string): Changing => changingStep(play, host, host, found(step).task, found(step).planned);
  while (open.length > 0) {
    const [first] = open as [(typeof open)[number]];
    let outcomes: readonly ResourceOutcome[];
    try {
      const port = portOf(play, host, { task: first.planned.task, own: first.item.item.own });
      const expectsChanges = isStranger(play.run, host);
      outcomes = await runSurely(
        play,
        host,
        open.map(({ item }) => resourceStep(play, item)),
        {
          host: port,
          context: applyContext(play, host, first.item),
          earlier: host.would,
          expectsChanges,
          ahead: () => askBootAhead(host, port, expectsChanges && !play.run.options.check),
          met: () => meetHost(play, host, port),
          lock: locking(play, host, port, changing),
          ...planApproval(play, host),
          intend: (step, changes) =>
            intend(play, changing(step.id), changes, flag(first.item.templar, found(step.id).task.noLog, false)),
        },
        play.run.options.signal,
      );
    } catch (thrown) {
      outcomes = [{ changes: [], values: {}, failure: failureOfStep(thrown, play.run.options.signal) }];
    }
    for (const [index, outcome] of outcomes.entries()) {
      const { planned, item } = open[index] as (typeof open)[number];
      planned.results.set(item, await resourceResult(play, host, item, outcome));
    }
    const last = open[outcomes.length - 1]?.planned;
    open = open.slice(outcomes.length);
    // A failed item does not stop the task's other items; a failed task stops the tasks after it.
    if (last && failsHere(play, host, last)) open = open.filter(({ planned }) => planned === last);
  }
};

/** Runs consecutive tasks of one host in as few round trips as their results allow; each stays a step of its own. */
export const runBatch = async (play: PlayContext, host: HostState, tasks: readonly Task[]): Promise<void> => {
  let rest = tasks;
  while (rest.length > 0 && isActive(host)) {
    const round = planRound(play, host, rest);
    // Told in this order; together they share a sync of the journal.
    await Promise.all(
      round.flatMap(({ task, items }) =>
        items.filter((item) => isNews(play, item)).map((item) => play.run.sink.emit(started(play, host, task, item))),
      ),
    );
    await executeRound(play, host, round);
    for (const planned of round) {
      const done: DoneItem[] = planned.items.flatMap((item) => {
        const result = planned.results.get(item);
        return result ? [{ planned: item, result }] : [];
      });
      if (done.length < planned.items.length) return;
      await Promise.all(done.map((item) => finishStep(play, host, planned.task, item)));
      await finishTask(play, host, planned.task, done);
      if (!isActive(host)) return;
    }
    rest = rest.slice(round.length);
  }
};

/** The event that opens a step. */
export const started = (play: PlayContext, host: HostState, task: Task, planned: PlannedItem) =>
  ({
    type: 'step_started',
    step: planned.step,
    host: host.name,
    task: task.id,
    ...(planned.label === undefined ? {} : { item: shownItem(play, host, task, planned.label) }),
  }) as const;
