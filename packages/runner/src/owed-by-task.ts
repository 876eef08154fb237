import { asksForRestart, type Change, type Debt } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';
import type { HostState } from './host-state.js';
import { handlersOf } from './notify.js';
import { noteDebts, owedHandler, restarts, sameHandler, settleDebts } from './owed.js';
import type { PlannedItem } from './plan-item.js';
import type { StepResult } from './results.js';

/** A task's name without templating, for reasons of debts. */
export const taskLabel = (task: Task): string =>
  task.name === undefined ? task.action.name : typeof task.name === 'string' ? task.name : task.name.text;

const handlerDebt = (play: PlayContext, host: HostState, handler: Task): Debt => {
  const owed = owedHandler(play, host, handler);
  return { kind: 'handler', reason: `${owed.name} (${owed.source})`, handler: owed };
};

/** A step that is about to change something. */
export interface Changing {
  readonly step: string;
  readonly label: string;
  /** Whose task it is, and on which host it is done (`delegate_to`). */
  readonly host: HostState;
  readonly target: HostState;
  /** The id of its task, and the handlers that it notifies if it changes anything. */
  readonly task: string;
  handlers(): readonly Task[];
}

/** A task's step as one that is about to change something. */
export const changingStep = (
  play: PlayContext,
  host: HostState,
  target: HostState,
  task: Task,
  planned: PlannedItem,
): Changing => ({
  step: planned.step,
  label: taskLabel(task),
  host,
  target,
  task: task.id,
  handlers: () => handlersOf(play, host, task, planned),
});

/** Whether what a step owes is settled by a restart, so that the boot has to be known. */
export const owesRestarting = ({ handlers }: Changing, changes: readonly Change[]): boolean =>
  asksForRestart(changes) || handlers().some(restarts);

/** Notes what a step will owe, before it changes anything: the restart that its changes ask for, and the handlers that it notifies. */
export const noteOwed = async (
  play: PlayContext,
  { host, target, task, label, handlers }: Changing,
  changes: readonly Change[],
): Promise<void> => {
  const restart: readonly Debt[] = asksForRestart(changes) ? [{ kind: 'restart', reason: label }] : [];
  const owed = handlers().map((handler) => handlerDebt(play, host, handler));
  if (target !== host) await noteDebts(play, target, restart);
  const noted = await noteDebts(play, host, target === host ? [...restart, ...owed] : owed);
  const mine = noted.filter(({ handler }) => handler);
  if (mine.length > 0) host.noted.set(task, [...(host.noted.get(task) ?? []), ...mine]);
};

/**
 * After a task: handlers that it noted and did not notify, since it changed nothing in the end, are not owed. A resource that failed may
 * have made a part of its changes: then they are, so that nothing of it stays without them.
 */
export const confirmOwed = async (
  play: PlayContext,
  host: HostState,
  task: Task,
  result: StepResult,
): Promise<void> => {
  const notified = play.handlers.filter(({ id }) => host.notified.has(id));
  if (result.outcome === 'changed' && !result.failure && !play.run.options.check)
    await noteDebts(
      play,
      host,
      notified.map((handler) => handlerDebt(play, host, handler)),
      'later',
    );
  const noted = host.noted.get(task.id);
  host.noted.delete(task.id);
  if (!noted) return;
  const resource = task.action.kind === 'module' && task.action.module.kind === 'resource';
  if (result.failure && resource) return;
  const kept = notified.map((handler) => owedHandler(play, host, handler));
  const dropped = noted.flatMap(({ handler }) =>
    handler && !kept.some((one) => sameHandler(one, handler)) ? [handler] : [],
  );
  await settleDebts(
    play,
    host,
    ({ handler }) => handler !== undefined && dropped.some((one) => sameHandler(one, handler)),
  );
};
