import { type Change, type ErrorCode, RatchetError } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';
import { delegateOf, factHosts } from './delegate.js';
import type { DoneItem } from './finish-task.js';
import type { RecordedStep } from './history.js';
import type { HostState } from './host-state.js';
import { keepFacts } from './keep-facts.js';
import type { Item, PlannedItem } from './plan-item.js';
import { failedResult, type StepResult, skippedResult } from './results.js';
import { stepId } from './step-id.js';
import { taskTemplar } from './task-scope.js';
import { undecided } from './undecided.js';

/** A step's recorded failure as an error again. */
const failureAgain = (recorded: RecordedStep): RatchetError =>
  new RatchetError((recorded.failure?.code ?? 'task-failed') as ErrorCode, recorded.failure?.message ?? 'failed', {
    hint: recorded.failure?.hint,
  });

/** The result that a finished step gave, from the journal. */
export const resultAgain = (recorded: RecordedStep): StepResult => {
  const { outcome = 'ok', changes } = recorded;
  const values = recorded.withheld ? { changed: outcome === 'changed' } : (recorded.result ?? {});
  if (outcome === 'failed') return failedResult(failureAgain(recorded), values, changes);
  return {
    outcome,
    changes,
    values,
    // An ignored or forgiven failure keeps its outcome and still tells what it was.
    ...(recorded.failure ? { failure: failureAgain(recorded) } : {}),
    ...(recorded.facts && !recorded.withheld ? { facts: recorded.facts } : {}),
  };
};

const plannedAgain = (play: PlayContext, host: HostState, task: Task, item: Item, step: string): PlannedItem => ({
  item,
  step,
  templar: taskTemplar(play, host, task, item.own),
  checkMode: play.run.options.check,
  replayed: true,
});

/** Whether a task's module can be looked at, or run, a second time without doing anything a second time. */
const givesItsResultAgain = (task: Task): boolean => {
  if (task.action.kind !== 'module') return false;
  const { module } = task.action;
  return module.kind === 'resource' || !module.needsHost;
};

/**
 * The result of an item that an earlier run of this journal ended, without touching the host; undefined when it has to be run
 * (it was not ended, or its result was withheld and can be had again). Facts that it set are set again.
 */
export const replay = (play: PlayContext, host: HostState, task: Task, item: Item): DoneItem | undefined => {
  const { resume } = play.run;
  if (!resume) return undefined;
  if (task.action.kind === 'module' && task.action.module.kind === 'action' && task.action.module.inMemory)
    return undefined;
  const step = stepId(play, task, item, host.name);
  const recorded = resume.history.step(step);
  // Also those of a step that is run again: what it had written by then is this run's change.
  host.intents.push(...(recorded?.intents ?? []).map((intent) => ({ step, ...intent })));
  if (recorded && resume.skip.has(step)) {
    return {
      planned: { ...plannedAgain(play, host, task, item, step), replayed: recorded.state === 'finished' },
      result: skippedResult('left out by --skip'),
    };
  }
  if (recorded?.state !== 'finished' || resume.redo.has(step)) return undefined;
  if (recorded.withheld && (task.register || recorded.facts) && givesItsResultAgain(task)) return undefined;
  const result = resultAgain(recorded);
  const templar = taskTemplar(play, host, task, item.own);
  if (result.facts)
    for (const one of factHosts(play, host, task, templar, delegateOf(play, task, templar)))
      keepFacts(one, task, result.facts);
  if (recorded.withheld && task.register) host.withheld.set(task.register, step);
  const planned = plannedAgain(play, host, task, item, step);
  return { planned: { ...planned, withheld: recorded.withheld }, result };
};

/** What the journal says of a step that is about to be run again: of its first attempt here, for a later one decides by what is there. */
export const recordOf = (play: PlayContext, planned: PlannedItem): RecordedStep | undefined =>
  planned.retried ? undefined : play.run.resume?.history.step(planned.step);

/** Whether two changes are to the same thing. */
const sameTarget = (a: Change, b: Change): boolean =>
  a.kind === b.kind &&
  ('path' in a && 'path' in b
    ? a.path.toLowerCase() === b.path.toLowerCase() &&
      ('name' in a && 'name' in b ? a.name.toLowerCase() === b.name.toLowerCase() : true)
    : true);

/** The changes that were meant first, as they were then, and those of later ones that are to other things. */
export const joinedChanges = (first: readonly Change[], later: readonly Change[]): readonly Change[] => [
  ...first,
  ...later.filter((change) => !first.some((known) => sameTarget(known, change))),
];

/**
 * The changes of a step that an interrupted run began to apply: those it meant to make, with the before-values of then, and any
 * that turned up since. What was already written when the controller died is this run's change all the same.
 */
export const withIntent = (recorded: RecordedStep | undefined, made: readonly Change[]): readonly Change[] => {
  return recorded?.state === 'applying' ? joinedChanges(recorded.changes, made) : made;
};

/** A finished step that is looked at only to have its withheld result again: nothing of it is to be told or journalled. */
export const onlyForItsResult = (play: PlayContext, planned: PlannedItem): boolean => {
  const { resume } = play.run;
  return resume?.history.step(planned.step)?.state === 'finished' && !resume.redo.has(planned.step);
};

/** Whether a step's beginning and end are to be journalled and told: not when an earlier run of the journal did so. */
export const isNews = (play: PlayContext, planned: PlannedItem): boolean =>
  !planned.replayed && !onlyForItsResult(play, planned);

const judgesItself = (task: Task): boolean => {
  const params = task.params instanceof Map ? task.params : new Map();
  return ['creates', 'removes', 'unless'].some((name) => params.has(name));
};

/** Throws `resume-undecided` for an action that an interrupted run had sent to the host and that says nothing of its own state. */
export const refuseUndecided = (play: PlayContext, task: Task, planned: PlannedItem): void => {
  const { resume } = play.run;
  const recorded = recordOf(play, planned);
  if (!resume || recorded?.state !== 'applying' || resume.redo.has(planned.step)) return;
  const { module } = planned;
  if (module?.kind !== 'action' || !module.needsHost) return;
  if (module.repeatable?.(planned.params) || judgesItself(task)) return;
  throw undecided(planned.step, `${module.name} was sent to the host and its end is not known: it may have run.`);
};
