import { type Dict, nearestName, Template, type Value } from '@ratchet/core';
import { equals } from '@ratchet/template';
import type { Census } from './builder.js';
import { ChangingCensus } from './changing-census.js';
import type { Group, Host } from './host.js';
import { type FileVars, groupsOf, mergedVars } from './layers.js';
import { hostsOfGroup, isImplicitLocal, matchPattern } from './pattern.js';

/** Reads the variable files of further groups and hosts, beside the sources and beside the playbook. */
export type ReadBeside = (
  groups: readonly string[],
  hosts: readonly string[],
) => Promise<readonly [FileVars, FileVars]>;

const NONE: FileVars = { groups: new Map(), hosts: new Map() };
const NOTHING_MORE: ReadBeside = async () => [NONE, NONE];

const withMore = (known: FileVars, more: FileVars): FileVars => ({
  groups: new Map([...known.groups, ...more.groups]),
  hosts: new Map([...known.hosts, ...more.hosts]),
});

/** What `localhost` has where no source names it: the local connection, and the Python of the controller for tasks that call one. */
const implicitVars = (): Dict => {
  const text = '{{ ansible_playbook_python }}';
  const python = new Template(text, { file: { path: 'implicit localhost', text }, offset: 0 });
  return new Map<Value, Value>([
    ['ansible_connection', 'local'],
    ['ansible_python_interpreter', python],
  ]);
};

/** What `loadInventory` read, with questions to it. */
export class Inventory {
  /** In the order in which the sources name them. */
  readonly hosts: ReadonlyMap<string, Host>;
  readonly groups: ReadonlyMap<string, Group>;
  /** What a person should hear of; patterns that matched nothing are added as they are asked. */
  readonly warnings: string[] = [];
  readonly #census: ChangingCensus;
  #besideSources: FileVars;
  #besidePlaybook: FileVars;
  readonly #readBeside: ReadBeside;
  readonly #vars = new Map<string, Dict>();

  constructor(
    census: Census,
    besideSources: FileVars,
    besidePlaybook: FileVars,
    readBeside: ReadBeside = NOTHING_MORE,
  ) {
    this.#census = new ChangingCensus(census);
    this.hosts = this.#census.hosts;
    this.groups = this.#census.groups;
    this.#readBeside = readBeside;
    this.#besideSources = besideSources;
    this.#besidePlaybook = besidePlaybook;
    for (const name of census.groups.keys())
      if (census.hosts.has(name)) this.warnings.push(`"${name}" is the name of a group and of a host.`);
  }

  /**
   * Hosts of a pattern (`a:b,c:!d:&e`, globs, `~regex`, `group[0]`, `group[1:3]`). A part that matches nothing adds a
   * warning. `localhost` matches itself when no source names it. Throws `limit-invalid` for a bad regular expression.
   */
  match(pattern: string): readonly string[] {
    const { hosts, unmatched } = matchPattern(this.#census, pattern);
    for (const part of unmatched) {
      const near = nearestName(part, [...this.groups.keys(), ...this.hosts.keys()]);
      const meant = near === undefined ? '' : ` (did you mean "${near}"?)`;
      const warning = `Could not match supplied host pattern, ignoring: ${part}${meant}`;
      if (!this.warnings.includes(warning)) this.warnings.push(warning);
    }
    return hosts;
  }

  /** All layers of a host's inventory variables merged; the implicit localhost has the local connection and the controller's Python. */
  varsOf(name: string): Dict {
    const known = this.#vars.get(name);
    if (known) return known;
    const vars = mergedVars(this.#census, this.#host(name), this.#besideSources, this.#besidePlaybook);
    this.#vars.set(name, vars);
    return vars;
  }

  /** Names of all groups a host is in, through parents too, sorted, without `all` (Ansible's `group_names`). */
  groupNamesOf(name: string): readonly string[] {
    if (!this.hosts.has(name)) return [];
    return groupsOf(this.#census, this.#host(name))
      .map((group) => group.name)
      .filter((group) => group !== 'all')
      .sort();
  }

  /** Hosts of a group with all below it (Ansible's `groups[name]`); none for an unknown group. */
  hostsOfGroup(name: string): readonly string[] {
    return hostsOfGroup(this.#census, name);
  }

  /** What a group itself says, its `group_vars` files included, nothing of its parents. */
  groupVarsOf(name: string): Dict {
    const files = [this.#besideSources, this.#besidePlaybook].map((vars) => vars.groups.get(name));
    return new Map([this.groups.get(name)?.vars, ...files].flatMap((vars) => [...(vars ?? [])]));
  }

  /** What a host's own entries say, its `host_vars` files included, nothing of its groups. */
  ownVarsOf(name: string): Dict {
    const files = [this.#besideSources, this.#besidePlaybook].map((vars) => vars.hosts.get(name));
    return new Map([this.#host(name).vars, ...files].flatMap((vars) => [...(vars ?? [])]));
  }

  /**
   * Adds a host for the rest of the run, or groups and variables to one that is there; `group_vars` and `host_vars` files of new
   * names count from now on. True when it changed anything. Throws as reading these files does.
   */
  async addHost(name: string, groups: readonly string[], vars: Dict): Promise<boolean> {
    const before = this.#census.hosts.get(name)?.vars;
    const moved = [...vars].some(([key, value]) => !equals(before?.get(key) ?? null, value) || !before?.has(key));
    let changed = this.#census.addHost(name, vars, 'add_host');
    const fresh = groups.filter((group) => this.#census.addGroup(group, ['all']));
    for (const group of groups) changed = this.#census.join(name, group) || changed;
    await this.#readMore(fresh, changed ? [name] : []);
    return changed || moved;
  }

  /** Puts a host into a group below parents, made where they are not there. True when it changed anything. */
  async joinGroup(host: string, group: string, parents: readonly string[]): Promise<boolean> {
    const made = this.#census.addGroup(group, parents);
    const joined = this.#census.join(host, group);
    await this.#readMore(made ? [group, ...parents] : [], []);
    return made || joined;
  }

  /** Takes over what the sources say now; what joined while the run went on stays. */
  async refresh(fresh: Inventory): Promise<void> {
    this.#besideSources = fresh.#besideSources;
    this.#besidePlaybook = fresh.#besidePlaybook;
    const { added } = this.#census;
    this.#census.replace(fresh.#census);
    this.#vars.clear();
    await this.#readMore([...added.groups], [...added.hosts]);
  }

  async #readMore(groups: readonly string[], hosts: readonly string[]): Promise<void> {
    this.#vars.clear();
    if (groups.length === 0 && hosts.length === 0) return;
    const [sources, playbook] = await this.#readBeside(groups, hosts);
    this.#besideSources = withMore(this.#besideSources, sources);
    this.#besidePlaybook = withMore(this.#besidePlaybook, playbook);
  }

  #host(name: string): Host {
    return this.hosts.get(name) ?? { name, vars: isImplicitLocal(name) ? implicitVars() : new Map(), groups: [] };
  }
}
