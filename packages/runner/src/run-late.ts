import { RatchetError } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';
import { active, type HostState } from './host-state.js';
import { lateModule } from './late-module.js';
import { runTask } from './run-task.js';
import { taskTemplar } from './task-scope.js';
import { flagOr } from './told-keyword.js';

/** The task with its module as one host's variables name it; as it is where they name none, which planning tells the host. */
const withModule = (play: PlayContext, host: HostState, task: Task): Task => {
  if (task.action.kind !== 'late') return task;
  try {
    const found = lateModule(play, task.action, taskTemplar(play, host, task));
    // Shown as it is written, as in Ansible.
    return { ...task, name: task.name ?? task.action.name, action: { kind: 'module', ...found } };
  } catch (thrown) {
    if (thrown instanceof RatchetError) return task;
    throw thrown;
  }
};

/** Runs a task whose module is the value of a template: on the hosts of each module, one after the other. */
export const runLate = async (play: PlayContext, hosts: readonly HostState[], task: Task): Promise<void> => {
  const [first, ...others] = active(hosts);
  if (!first) return;
  const own = withModule(play, first, task);
  if (flagOr(taskTemplar(play, first, task), task.runOnce, false, false)) return runTask(play, hosts, own);
  const groups = new Map([[own.action.name, { task: own, hosts: [first] }]]);
  for (const host of others) {
    const found = withModule(play, host, task);
    const group = groups.get(found.action.name);
    if (group) group.hosts.push(host);
    else groups.set(found.action.name, { task: found, hosts: [host] });
  }
  let announced = false;
  for (const group of groups.values()) {
    await runTask(play, group.hosts, group.task, announced);
    announced = true;
  }
};
