import { sourceError, toPlain } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import type { Templar } from '@ratchet/template';
import type { PlayContext } from './contexts.js';
import { active, type HostState, stateOf } from './host-state.js';
import { taskScope } from './task-scope.js';
import { flag, told } from './told-keyword.js';

/** The host that does a task's work for another one. */
export interface Delegate {
  readonly host: HostState;
  /** As lines of output name it: with its address where that is another. */
  readonly label: string;
}

const HERE = ['localhost', '127.0.0.1', '::1'];

/** This machine answers to all its names; the inventory's own host of such a name goes first. */
const nameOf = (play: PlayContext, wanted: string): string => {
  const { hosts } = play.run.options.inventory;
  if (hosts.has(wanted) || !HERE.includes(wanted)) return wanted;
  return HERE.find((name) => hosts.has(name)) ?? 'localhost';
};

const labelOf = (play: PlayContext, wanted: string, host: HostState): string => {
  const address = taskScope(play, host, undefined).get('ansible_host');
  return typeof address === 'string' && address !== wanted ? `${wanted}(${address})` : wanted;
};

/** Whom a task is delegated to, or undefined. Throws as templating does, and `param-invalid` where it is no name. */
export const delegateOf = (play: PlayContext, task: Task, templar: Templar): Delegate | undefined => {
  const wanted = told(templar, task.delegateTo);
  if (wanted === undefined || (wanted === null && task.delegateTo === null)) return undefined;
  if (typeof wanted !== 'string' || wanted === '')
    throw sourceError(
      'param-invalid',
      `delegate_to needs the name of a host, not ${JSON.stringify(toPlain(wanted))}.`,
      task.keywordPositions.get('delegate_to') ?? task.position,
    );
  const host = stateOf(play.run, nameOf(play, wanted));
  return { host, label: labelOf(play, wanted, host) };
};

/** The hosts for which a task's facts are set: its own, all of the batch with `run_once`, the delegate with `delegate_facts`. */
export const factHosts = (
  play: PlayContext,
  host: HostState,
  task: Task,
  templar: Templar,
  delegate: Delegate | undefined,
): readonly HostState[] => {
  if (delegate && flag(templar, task.delegateFacts, false)) return [delegate.host];
  return flag(templar, task.runOnce, false) ? [host, ...active(play.batch).filter((other) => other !== host)] : [host];
};
