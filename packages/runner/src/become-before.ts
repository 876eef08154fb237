import { placeName, RatchetError, Template, type Value } from '@ratchet/core';
import { KeywordTemplate, type Task, type TaskNode, tagsSelect } from '@ratchet/playbook';
import type { PlayContext, RunContext } from './contexts.js';
import { checkBecome, connectionVars } from './host-port.js';
import { newHostState } from './host-state.js';

const tasksIn = (nodes: readonly TaskNode[]): readonly Task[] =>
  nodes.flatMap((node) =>
    // A rescue may never run.
    node.kind === 'task' ? [node] : tasksIn([...node.body, ...node.always]),
  );

const needsHost = ({ action }: Task): boolean =>
  action.kind === 'module' && (action.module.kind === 'resource' || action.module.needsHost);

// Only what no condition can keep from running, and whose host is known.
const isSure = (task: Task, run: RunContext): boolean =>
  (task.become ?? run.options.become?.wanted ?? false) !== false &&
  task.when.length === 0 &&
  task.loop === undefined &&
  task.delegateTo === undefined &&
  needsHost(task) &&
  tagsSelect(task.tags, run.options.tags, run.options.skipTags);

const refusalOn = (play: PlayContext, name: string, task: Task): RatchetError | undefined => {
  const host = newHostState(name, []);
  try {
    checkBecome(play, host, connectionVars(play, host, { task }), task);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof RatchetError && thrown.code === 'not-supported') return thrown;
    // What its variables say is known only in the run.
    if (thrown instanceof RatchetError) return undefined;
    throw thrown;
  }
};

const textOf = (value: Value | undefined): string => {
  const around = value instanceof KeywordTemplate ? textOf(value.around) : '';
  return `${JSON.stringify(value instanceof Template ? value.text : value) ?? ''}${around}`;
};

/** Tasks of which one speaks for all: they say the same of who they are for, and how to connect. */
const kindOf = ({ become, becomeUser, becomeMethod, connection, remoteUser, vars }: Task): string => {
  const said = [...vars].filter(([name]) => String(name).startsWith('ansible_')).map(([, value]) => value);
  return [become, becomeUser, becomeMethod, connection, remoteUser, ...said].map(textOf).join(' ');
};

const oneOfEachKind = (tasks: readonly Task[]): readonly Task[] => {
  const kinds = new Map<string, Task>();
  for (const task of tasks) if (!kinds.has(kindOf(task))) kinds.set(kindOf(task), task);
  return [...kinds.values()];
};

const firstRefusal = (play: PlayContext, hosts: readonly string[], task: Task): RatchetError | undefined => {
  for (const host of hosts) {
    const refusal = refusalOn(play, host, task);
    if (refusal) return refusal;
  }
  return undefined;
};

const shown = (error: RatchetError): string =>
  error.place?.at === 'source' ? `${error.message} (${placeName(error.place.position)})` : error.message;

/**
 * Throws `not-supported` where tasks that are sure to run would have to become a user who is not logged in: the first task of each kind, on
 * the first of its hosts.
 */
export const refuseBecomeBefore = (
  plays: readonly { readonly play: PlayContext; hosts(): readonly string[] }[],
): void => {
  const found = plays.flatMap(({ play, hosts }) => {
    const sure = play.play.sections.flatMap(({ body }) => tasksIn(body)).filter((task) => isSure(task, play.run));
    if (sure.length === 0) return [];
    const names = hosts();
    return oneOfEachKind(sure).flatMap((task) => firstRefusal(play, names, task) ?? []);
  });
  const [first, ...more] = found;
  if (!first) return;
  const message = [first.message, ...more.map(shown)].join('\n');
  throw new RatchetError('not-supported', message, { hint: first.hint, place: first.place });
};
