import { type Block, type Task, type TaskNode, tagsSelect } from '@ratchet/playbook';
import { mayShare } from './batch.js';
import type { PlayContext } from './contexts.js';
import { renewFileVars } from './file-vars.js';
import { flushHandlers, type RunHandler } from './handlers.js';
import { active, type HostState } from './host-state.js';
import { countsOf, hasBehindIt, noteRoles } from './roles-once.js';
import { runBlock } from './run-block.js';
import { type RunNodes, runInclude } from './run-include.js';
import { runLate } from './run-late.js';
import { runMeta } from './run-meta.js';
import { runShared, runTask } from './run-task.js';
import { stopForAll } from './stop-play.js';
import { type Marks, markHosts, takeBackFailed } from './take-back.js';
import { taskTemplar } from './task-scope.js';
import { flag } from './told-keyword.js';

const selected = (play: PlayContext, task: Task): boolean =>
  tagsSelect(task.tags, play.run.options.tags, play.run.options.skipTags);

const kindOf = (node: TaskNode): string => (node.kind === 'task' ? node.action.kind : node.kind);

/** Handlers are tasks, or includes of tasks. */
const runHandler =
  (play: PlayContext): RunHandler =>
  (hosts, handler) =>
    handler.action.kind === 'include'
      ? runInclude(play, hosts, handler, (some, nodes) => runBody(play, some, nodes))
      : handler.action.kind === 'late'
        ? runLate(play, hosts, handler)
        : runTask(play, hosts, handler);

/** Runs what was notified; `force`: also on failed hosts. */
export const flush = (play: PlayContext, force: boolean, hosts: readonly HostState[] = play.batch): Promise<void> =>
  flushHandlers(play, hosts, force, runHandler(play));

const sharedRun = (
  play: PlayContext,
  hosts: readonly HostState[],
  nodes: readonly TaskNode[],
  from: number,
): readonly Task[] => {
  const tasks: Task[] = [];
  for (const node of nodes.slice(from)) {
    if (!mayShare(node) || hosts.some((host) => hasBehindIt(play, host, node))) break;
    tasks.push(node);
  }
  return tasks;
};

const takeBackBlock = async (
  play: PlayContext,
  entered: readonly HostState[],
  block: Block,
  marks: Marks,
): Promise<void> => {
  const [any] = entered;
  if (any && flag(taskTemplar(play, any, undefined), block.rollbackOnFailure, false))
    await takeBackFailed(play, entered, block.id, marks);
};

/** Runs a list of tasks and blocks on hosts, in order; every host is through with one before the next begins. */
export const runBody = async (
  play: PlayContext,
  all: readonly HostState[],
  nodes: readonly TaskNode[],
): Promise<void> => {
  const run: RunNodes = (some, inner) => runBody(play, some, inner);
  for (let index = 0; index < nodes.length && !play.ended; index++) {
    const node = nodes[index] as TaskNode;
    const here = all.filter((host) => !play.left.has(host));
    if (active(here).length === 0) return;
    const hosts = here.filter((host) => !hasBehindIt(play, host, node));
    if (active(hosts).length === 0) continue;
    await renewFileVars(play, hosts);
    const first = index;
    const before = countsOf(hosts);
    if (node.kind === 'block') {
      const marks = markHosts(hosts);
      await runBlock(play, hosts, node, run, (entered) => takeBackBlock(play, entered, node, marks));
    } else if (kindOf(node) === 'meta') {
      if (selected(play, node)) await runMeta(play, hosts, node, (wanting) => flush(play, false, wanting));
    } else if (kindOf(node) === 'include') {
      if (selected(play, node)) await runInclude(play, hosts, node, run);
    } else if (kindOf(node) === 'late') {
      if (selected(play, node)) await runLate(play, hosts, node);
    } else if (mayShare(node) && play.play.maxFailPercentage === undefined) {
      const tasks = sharedRun(play, hosts, nodes, index);
      index += tasks.length - 1;
      const wanted = tasks.filter((task) => selected(play, task));
      if (wanted.length > 0) await runShared(play, hosts, wanted);
    } else if (selected(play, node)) await runTask(play, hosts, node);
    noteRoles(play, before, nodes.slice(first, index + 1));
    if (node.kind === 'task') await stopForAll(play, hosts, node);
  }
};
