import { type Dict, type Position, sourceError, type Value } from '@ratchet/core';
import { GroupNaming } from './group-names.js';
import type { Group, Host } from './host.js';
import { type HostNames, readHostName } from './host-name.js';

const PRIORITY = 'ansible_group_priority';

interface GroupDraft {
  readonly name: string;
  priority: number;
  readonly vars: Dict;
  readonly hosts: Set<string>;
  readonly children: Set<string>;
  readonly parents: Set<string>;
}

interface HostDraft {
  readonly name: string;
  readonly vars: Dict;
  readonly groups: Set<string>;
  readonly source: string;
}

/** How the entry of a host is read. */
interface HostEntry {
  readonly ranges?: boolean;
  /** Neither ranges nor a port: the name as it stands. */
  readonly verbatim?: boolean;
  /** The variables are nobody else's: a new host takes them as they are. */
  readonly given?: boolean;
}

/** Hosts and groups as a finished, read-only whole. */
export interface Census {
  readonly hosts: ReadonlyMap<string, Host>;
  readonly groups: ReadonlyMap<string, Group>;
}

/** Collects what the sources say, one after the other; later values win. */
export class CensusBuilder {
  readonly #groups = new Map<string, GroupDraft>();
  readonly #hosts = new Map<string, HostDraft>();
  readonly #naming: GroupNaming;

  constructor(naming: GroupNaming = new GroupNaming()) {
    this.#naming = naming;
    this.#group('all');
    this.addChild('all', 'ungrouped');
  }

  hasGroup(name: string): boolean {
    return this.#groups.has(this.#naming.of(name));
  }

  addGroup(name: string): void {
    this.#group(this.#naming.of(name));
  }

  /** Puts a known host into a group, which is made where it is not there. */
  joinHost(name: string, written: string): void {
    const group = this.#naming.of(written);
    this.#hosts.get(name)?.groups.add(group);
    this.#group(group).hosts.add(name);
  }

  /** A variable of a known host. */
  setHostVar(host: string, name: string, value: Value): void {
    this.#hosts.get(host)?.vars.set(name, value);
  }

  /** What has been said so far, to be finished without an end to this one. */
  copy(): CensusBuilder {
    const copy = new CensusBuilder(this.#naming);
    for (const group of this.#groups.values()) {
      const draft = copy.#group(group.name);
      draft.priority = group.priority;
      for (const [name, value] of group.vars) draft.vars.set(name, value);
      for (const host of group.hosts) draft.hosts.add(host);
      for (const child of group.children) copy.addChild(group.name, child);
    }
    for (const { name, source, vars, groups } of this.#hosts.values())
      copy.#hosts.set(name, { name, source, vars: new Map(vars), groups: new Set(groups) });
    return copy;
  }

  /** True when it was not there before. Throws `inventory-invalid` when the child already holds its parent. */
  addChild(writtenParent: string, writtenChild: string, position?: Position): boolean {
    const parent = this.#naming.of(writtenParent);
    const child = this.#naming.of(writtenChild);
    if (position && (parent === child || this.#descendants(child).has(parent)))
      throw sourceError('inventory-invalid', `The group "${child}" would hold itself through "${parent}".`, position);
    const { children } = this.#group(parent);
    const isNew = !children.has(child);
    children.add(child);
    this.#group(child).parents.add(parent);
    return isNew;
  }

  /** `ansible_group_priority` ranks the group, and is no variable of its hosts. */
  setGroupVar(group: string, name: Value, value: Value): void {
    const draft = this.#group(this.#naming.of(group));
    if (name === PRIORITY) draft.priority = Number(value);
    else draft.vars.set(name, value);
  }

  /** Adds the hosts of one written name (with ranges and `:port`) to a group and gives them the variables. */
  addHosts(
    written: string,
    writtenGroup: string,
    vars: Dict,
    source: string,
    position: Position,
    { ranges = true, verbatim = false, given = false }: HostEntry = {},
  ): void {
    const group = this.#naming.of(writtenGroup);
    const { names, port }: HostNames = verbatim ? { names: [written] } : readHostName(written, position, ranges);
    for (const name of names) {
      const isNew = !this.#hosts.has(name);
      const host = this.#host(name, source, given && names.length === 1 ? vars : undefined);
      host.groups.add(group);
      this.#group(group).hosts.add(name);
      // As in Ansible a port beside the name counts where the host is named first, and ranks below a variable that says it.
      if (port !== undefined && isNew && !vars.has('ansible_port')) host.vars.set('ansible_port', port);
      if (host.vars !== vars) for (const [key, value] of vars) host.vars.set(key, value);
    }
  }

  /** The finished census: groups without a parent hang below `all`, hosts without a group are in `ungrouped`. */
  finish(): Census {
    for (const group of this.#groups.values())
      if (group.name !== 'all' && group.parents.size === 0) this.addChild('all', group.name);
    for (const host of this.#hosts.values()) this.#placeUngrouped(host);
    const depths = this.#depths();
    return {
      hosts: new Map([...this.#hosts].map(([name, host]) => [name, { ...host, groups: [...host.groups] }])),
      groups: new Map([...this.#groups].map(([name, group]) => [name, finished(group, depths.get(name) ?? 0)])),
    };
  }

  #placeUngrouped(host: HostDraft): void {
    const real = [...host.groups].some((name) => name !== 'all' && name !== 'ungrouped');
    if (real) {
      host.groups.delete('ungrouped');
      this.#group('ungrouped').hosts.delete(host.name);
    } else {
      host.groups.add('ungrouped');
      this.#group('ungrouped').hosts.add(host.name);
    }
  }

  #depths(): ReadonlyMap<string, number> {
    const depths = new Map<string, number>();
    const visit = (name: string): number => {
      const known = depths.get(name);
      if (known !== undefined) return known;
      const depth = Math.max(-1, ...[...this.#group(name).parents].map(visit)) + 1;
      depths.set(name, depth);
      return depth;
    };
    for (const name of this.#groups.keys()) visit(name);
    return depths;
  }

  #descendants(name: string): ReadonlySet<string> {
    const found = new Set<string>();
    const visit = (group: string): void => {
      for (const child of this.#groups.get(group)?.children ?? [])
        if (!found.has(child)) {
          found.add(child);
          visit(child);
        }
    };
    visit(name);
    return found;
  }

  #group(name: string): GroupDraft {
    const known = this.#groups.get(name);
    if (known) return known;
    const made = {
      name,
      priority: 1,
      vars: new Map(),
      hosts: new Set<string>(),
      children: new Set<string>(),
      parents: new Set<string>(),
    };
    this.#groups.set(name, made);
    return made;
  }

  #host(name: string, source: string, vars: Dict = new Map()): HostDraft {
    const known = this.#hosts.get(name);
    if (known) return known;
    const made = { name, vars, groups: new Set<string>(), source };
    this.#hosts.set(name, made);
    return made;
  }
}

const finished = (group: GroupDraft, depth: number): Group => {
  return {
    name: group.name,
    vars: group.vars,
    hosts: [...group.hosts],
    children: [...group.children],
    parents: [...group.parents],
    depth,
    priority: Number.isFinite(group.priority) ? group.priority : 1,
  };
};
