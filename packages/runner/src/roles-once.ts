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

/** What hosts count before some tasks run. */
export type Counts = ReadonlyMap<HostState, { readonly ok: number; readonly skipped: number }>;

export const countsOf = (hosts: readonly HostState[]): Counts =>
  new Map(hosts.map((host) => [host, { ok: host.recap.ok, skipped: host.recap.skipped }]));

// An include of a role is counted nowhere, unless it was skipped.
const isRoleInclude = (node: TaskNode): boolean =>
  node.kind === 'task' && node.action.kind === 'include' && node.action.include.kind === 'role';

/**
 * Notes which roles these tasks have begun on hosts: a role of which all was skipped, or left out by tags, has not begun. Where a host failed
 * the role counts as not run: a rescue may include it again.
 */
export const noteRoles = (play: PlayContext, before: Counts, nodes: readonly TaskNode[]): void => {
  for (const node of nodes)
    for (const [host, { ok, skipped }] of before) {
      const key = keyOf(node, host);
      if (key === undefined || !node.role) continue;
      if (!isActive(host)) play.rolesBegun.delete(key);
      else if (host.recap.ok > ok || (isRoleInclude(node) && host.recap.skipped === skipped))
        play.rolesBegun.set(key, node.role);
    }
};
