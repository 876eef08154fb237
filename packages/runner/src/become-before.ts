import { placeName, RatchetError } from '@ratchet/core';
import { type Task, type TaskNode, tagsSelect } from '@ratchet/playbook';
import type { PlayContext, RunContext } from './contexts.js';
import { checkBecome, connectionVars } from './host-port.js';
import { newHostState } from './host-state.js';

const tasksIn = (nodes: readonly TaskNode[]): readonly Task[] =>
  nodes.flatMap((node) =>
    node.kind === 'task' ? [node] : [...node.body, ...node.rescue, ...node.always].flatMap((one) => tasksIn([one])),
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

const shown = (error: RatchetError): string =>
  error.place?.at === 'source' ? `${error.message} (${placeName(error.place.position)})` : error.message;

/** Throws `not-supported` where tasks that are sure to run would have to become a user who is not logged in; the first host of each is told. */
export const refuseBecomeBefore = (
  plays: readonly { readonly play: PlayContext; readonly hosts: readonly string[] }[],
): void => {
  const found = plays.flatMap(({ play, hosts }) =>
    play.play.sections
      .flatMap(({ body }) => tasksIn(body))
      .filter((task) => isSure(task, play.run))
      .flatMap((task) => hosts.map((host) => refusalOn(play, host, task)).find((one) => one !== undefined) ?? []),
  );
  const [first, ...more] = found;
  if (!first) return;
  const message = [first.message, ...more.map(shown)].join('\n');
  throw new RatchetError('not-supported', message, { hint: first.hint, place: first.place });
};
