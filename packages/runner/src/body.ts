import type { Block, Task, TaskNode } from '@ratchet/playbook';
import { mayShare } from './batch.js';
import type { PlayContext } from './contexts.js';
import { active } from './finish-task.js';
import { flushHandlers } from './handlers.js';
import type { HostState } from './host-state.js';
import { flag } from './plan-item.js';
import { runShared, runTask } from './run-task.js';
import { tagsSelect } from './tag-selection.js';
import { taskTemplar } from './task-scope.js';

const selected = (play: PlayContext, task: Task): boolean =>
  tagsSelect(task.tags, play.run.options.tags, play.run.options.skipTags);

const isMeta = (node: TaskNode): boolean => node.kind === 'task' && node.action.kind === 'meta';

const runMeta = async (play: PlayContext, hosts: readonly HostState[], task: Task): Promise<void> => {
  if (task.action.kind !== 'meta') return;
  const wanting = active(hosts).filter((host) => {
    const templar = taskTemplar(play, host, task);
    return task.when.every((condition) => templar.condition(condition.value, condition.position));
  });
  switch (task.action.command) {
    case 'flush_handlers':
      return flushHandlers(play, false);
    case 'noop':
      return;
    case 'end_play':
    case 'end_batch':
      if (wanting.length > 0) play.ended = true;
      return;
    case 'end_host':
      for (const host of wanting) play.left.add(host);
      return;
    case 'clear_host_errors':
      for (const host of hosts) host.failed = false;
      return;
    case 'clear_facts':
      for (const host of wanting) host.facts.clear();
      return;
    case 'reset_connection':
      for (const host of wanting) await host.port?.connection.reset();
  }
};

const runBlock = async (play: PlayContext, hosts: readonly HostState[], block: Block): Promise<void> => {
  const entered = active(hosts);
  await runBody(play, entered, block.body);
  const failed = entered.filter((host) => host.failed);
  if (block.rescue.length > 0 && failed.length > 0) {
    for (const host of failed) {
      host.failed = false;
      host.recap.failed -= 1;
      host.recap.rescued += 1;
    }
    await runBody(play, failed, block.rescue);
  }
  if (block.always.length === 0) return;
  const stillFailed = entered.filter((host) => host.failed);
  for (const host of stillFailed) host.failed = false;
  await runBody(
    play,
    entered.filter((host) => !host.unreachable),
    block.always,
  );
  for (const host of stillFailed) host.failed = true;
};

const stopForAll = (play: PlayContext, hosts: readonly HostState[], task: Task | undefined): void => {
  const [any] = hosts;
  if (!any) return;
  const fatal = flag(taskTemplar(play, any, task), task?.anyErrorsFatal ?? play.play.anyErrorsFatal, false);
  if (fatal && hosts.some((host) => host.failed || host.unreachable))
    for (const host of hosts) if (!host.unreachable) host.failed = true;
};

const sharedRun = (nodes: readonly TaskNode[], from: number): readonly Task[] => {
  const tasks: Task[] = [];
  for (const node of nodes.slice(from)) {
    if (!mayShare(node)) break;
    tasks.push(node);
  }
  return tasks;
};

/** Runs a list of tasks and blocks on hosts, in order; every host is through with one before the next begins. */
export const runBody = async (
  play: PlayContext,
  all: readonly HostState[],
  nodes: readonly TaskNode[],
): Promise<void> => {
  for (let index = 0; index < nodes.length && !play.ended; index++) {
    const node = nodes[index] as TaskNode;
    const hosts = all.filter((host) => !play.left.has(host));
    if (active(hosts).length === 0) return;
    if (node.kind === 'block') await runBlock(play, hosts, node);
    else if (isMeta(node)) {
      if (selected(play, node)) await runMeta(play, hosts, node);
    } else if (mayShare(node)) {
      const tasks = sharedRun(nodes, index);
      index += tasks.length - 1;
      const wanted = tasks.filter((task) => selected(play, task));
      if (wanted.length > 0) await runShared(play, hosts, wanted);
    } else if (selected(play, node)) await runTask(play, hosts, node);
    stopForAll(play, hosts, node.kind === 'task' ? node : undefined);
  }
};
