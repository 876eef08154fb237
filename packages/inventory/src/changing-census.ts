import type { Dict } from '@ratchet/core';
import type { Census } from './builder.js';
import type { Group, Host } from './host.js';

/** A census that grows while a run goes on (`add_host`, `group_by`). */
export class ChangingCensus implements Census {
  readonly hosts: Map<string, Host>;
  readonly groups: Map<string, Group>;

  readonly #steps: (() => unknown)[] = [];

  constructor(census: Census) {
    this.hosts = new Map(census.hosts);
    this.groups = new Map(census.groups);
  }

  /** Hosts and groups that were not in the sources. */
  get added(): { readonly hosts: readonly string[]; readonly groups: readonly string[] } {
    const isNew = ([, one]: readonly [string, { readonly source?: string }]): boolean => one.source === 'add_host';
    return { hosts: [...this.hosts].filter(isNew).map(([name]) => name), groups: [...this.groups.keys()] };
  }

  /** Starts again from another census, and adds what was added to this one. */
  replace(census: Census): void {
    this.hosts.clear();
    this.groups.clear();
    for (const [name, host] of census.hosts) this.hosts.set(name, host);
    for (const [name, group] of census.groups) this.groups.set(name, group);
    for (const step of this.#steps.splice(0)) step();
  }

  /** Adds a host, or variables to one that is there. True when it is new. */
  addHost(name: string, vars: Dict, source: string): boolean {
    this.#steps.push(() => this.addHost(name, vars, source));
    const known = this.hosts.get(name);
    this.hosts.set(name, { name, groups: [], source, ...known, vars: new Map([...(known?.vars ?? []), ...vars]) });
    // As in Ansible, which has it before the hosts of the inventory wherever all hosts are meant.
    if (!known) for (const group of ['all', 'ungrouped']) this.join(name, group);
    return !known;
  }

  /** Adds a group below its parents, which are made where they are not there. True when something is new. */
  addGroup(name: string, parents: readonly string[]): boolean {
    this.#steps.push(() => this.addGroup(name, parents));
    let changed = false;
    if (!this.groups.has(name)) {
      this.groups.set(name, { name, vars: new Map(), hosts: [], children: [], parents: [], depth: 1, priority: 1 });
      changed = true;
    }
    for (const parent of parents) {
      if (parent === name) continue;
      if (parent !== 'all') changed = this.addGroup(parent, ['all']) || changed;
      changed = this.#hang(name, parent) || changed;
    }
    return changed;
  }

  /** Puts a host into a group that is there. True when it was not in it. */
  join(host: string, group: string): boolean {
    this.#steps.push(() => this.join(host, group));
    const [member, into] = [this.hosts.get(host), this.groups.get(group)];
    if (!member || !into || into.hosts.includes(host)) return false;
    this.groups.set(group, { ...into, hosts: [...into.hosts, host] });
    const others = group === 'ungrouped' ? member.groups : member.groups.filter((name) => name !== 'ungrouped');
    this.hosts.set(host, { ...member, groups: [...others, group] });
    const alone = this.groups.get('ungrouped');
    if (group !== 'ungrouped' && group !== 'all' && alone?.hosts.includes(host))
      this.groups.set('ungrouped', { ...alone, hosts: alone.hosts.filter((name) => name !== host) });
    return true;
  }

  #hang(child: string, parent: string): boolean {
    const [below, above] = [this.groups.get(child), this.groups.get(parent)];
    if (!below || !above || above.children.includes(child)) return false;
    this.groups.set(parent, { ...above, children: [...above.children, child] });
    const depth = Math.max(below.depth, above.depth + 1);
    this.groups.set(child, { ...below, parents: [...below.parents, parent], depth });
    return true;
  }
}
