import type { TaskNode } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';
import { type HostState, isActive } from './host-state.js';

const keyOf = (node: TaskNode, host: HostState): string | undefined =>
  node.role?.once === undefined ? undefined : `${node.role.once} ${host.name}`;

/** Whether a task belongs to a use of a role that the host has behind it by another use: two includes with the same dependency. */
export const hasBehindIt = (play: PlayContext, host: HostState, node: TaskNode): boolean => {
  const key = keyOf(node, host);
  const done = key === undefined ? undefined : play.rolesBegun.get(key);
  return done !== undefined && done !== node.role;
};

/** Notes which roles these tasks have begun on hosts. Where a host failed the role counts as not run: a rescue may include it again. */
export const noteRoles = (play: PlayContext, hosts: readonly HostState[], nodes: readonly TaskNode[]): void => {
  for (const node of nodes)
    for (const host of hosts) {
      const key = keyOf(node, host);
      if (key === undefined || !node.role) continue;
      if (isActive(host)) play.rolesBegun.set(key, node.role);
      else play.rolesBegun.delete(key);
    }
};
