import type { Task } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';
import { active } from './finish-task.js';
import type { HostState } from './host-state.js';
import { taskTemplar } from './task-scope.js';

/** Runs a `meta` command on the hosts whose conditions hold; `flush` runs what was notified. */
export const runMeta = async (
  play: PlayContext,
  hosts: readonly HostState[],
  task: Task,
  flush: () => Promise<void>,
): Promise<void> => {
  if (task.action.kind !== 'meta') return;
  const wanting = active(hosts).filter((host) => {
    const templar = taskTemplar(play, host, task);
    return task.when.every((condition) => templar.condition(condition.value, condition.position));
  });
  switch (task.action.command) {
    case 'flush_handlers':
      return flush();
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
