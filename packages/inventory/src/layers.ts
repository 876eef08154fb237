import type { Dict } from '@ratchet/core';
import type { Census } from './builder.js';
import type { Group, Host } from './host.js';

/** The variable files of one folder, by group and by host. */
export interface FileVars {
  readonly groups: ReadonlyMap<string, Dict>;
  readonly hosts: ReadonlyMap<string, Dict>;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const byRank = (a: Group, b: Group): number =>
  a.depth - b.depth || a.priority - b.priority || compareText(a.name, b.name);

/** All groups a host is in, through parents too, in merge order (depth, priority, name): the last one's variables win. */
export const groupsOf = (census: Census, host: Host): readonly Group[] => {
  const found = new Set<string>(['all']);
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const parent of census.groups.get(name)?.parents ?? []) visit(parent);
  };
  for (const name of host.groups) visit(name);
  return [...found].flatMap((name) => census.groups.get(name) ?? []).sort(byRank);
};

/**
 * A host's variables with every layer merged, in Ansible's documented order: sources' group variables, `group_vars/all`
 * beside the sources and beside the playbook, other `group_vars`, then the host's own, `host_vars` last. Not to be changed: what only one layer says is that layer.
 */
export const mergedVars = (census: Census, host: Host, besideSources: FileVars, besidePlaybook: FileVars): Dict => {
  const groups = groupsOf(census, host);
  const others = groups.filter((group) => group.name !== 'all');
  const files = [besideSources, besidePlaybook];
  const layers = [
    ...groups.map((group) => group.vars),
    ...files.map((vars) => vars.groups.get('all')),
    ...files.flatMap((vars) => others.map((group) => vars.groups.get(group.name))),
    host.vars,
    ...files.map((vars) => vars.hosts.get(host.name)),
  ];
  const [first, ...later] = layers.filter((layer) => layer !== undefined && layer.size > 0);
  if (later.length === 0) return (first as Dict | undefined) ?? new Map();
  const merged: Dict = new Map(first);
  for (const layer of later) for (const [name, value] of layer ?? []) merged.set(name, value);
  return merged;
};
