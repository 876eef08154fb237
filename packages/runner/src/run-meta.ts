import type { MetaCommand, Task } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';
import { active, type HostState } from './host-state.js';
import { taskTemplar } from './task-scope.js';

/** Commands that each host is asked about by itself; of the others the first host's condition decides for all, as in Ansible. */
const BY_HOST: readonly MetaCommand[] = ['noop', 'end_host', 'flush_handlers', 'reset_connection'];

const wantingHosts = (play: PlayContext, hosts: readonly HostState[], task: Task, command: MetaCommand) => {
  const wants = (host: HostState): boolean => {
    const templar = taskTemplar(play, host, task);
    return task.when.every((condition) => templar.condition(condition.value, condition.position));
  };
  const working = active(hosts);
  if (BY_HOST.includes(command)) return working.filter(wants);
  const [first] = working;
  return first && wants(first) ? working : [];
};

// A host that failed has left the play; the next play takes it again. One that is in the always of its block goes on behind it.
const forgive = (play: PlayContext): void => {
  for (const host of play.playHosts) {
    if (host.failed || host.unreachable) play.left.add(host);
    host.forgiven = host.recap.failed + host.recap.unreachable;
    host.failed = false;
    host.failedInAlways = 0;
    host.unreachable = false;
  }
};

/** Runs a `meta` command on the hosts whose conditions hold; `flush` runs what was notified. */
export const runMeta = async (
  play: PlayContext,
  hosts: readonly HostState[],
  task: Task,
  flush: (hosts: readonly HostState[]) => Promise<void>,
): Promise<void> => {
  if (task.action.kind !== 'meta') return;
  const { command } = task.action;
  const wanting = wantingHosts(play, hosts, task, command);
  if (wanting.length === 0) return;
  switch (command) {
    case 'flush_handlers':
      return flush(wanting);
    case 'noop':
      return;
    case 'end_play':
      play.ended = 'play';
      return;
    case 'end_batch':
      play.ended ??= 'batch';
      return;
    case 'end_host':
      for (const host of wanting) play.left.add(host);
      return;
    case 'clear_host_errors':
      return forgive(play);
    case 'clear_facts':
      for (const host of wanting) {
        host.gathered.clear();
        host.gatheredMoved = true;
      }
      return;
    case 'refresh_inventory': {
      const { reloadInventory, inventory } = play.run.options;
      if (reloadInventory) await inventory.refresh(await reloadInventory());
      return;
    }
    case 'reset_connection':
      for (const host of wanting) for (const port of host.ports.values()) await port.connection.reset();
  }
};
