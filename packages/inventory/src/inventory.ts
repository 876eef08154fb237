import type { Dict } from '@ratchet/core';
import type { Census } from './builder.js';
import type { Group, Host } from './host.js';
import { type FileVars, groupsOf, mergedVars } from './layers.js';
import { hostsOfGroup, isImplicitLocal, matchPattern } from './pattern.js';

/** What `loadInventory` read, with questions to it. */
export class Inventory {
  /** In the order in which the sources name them. */
  readonly hosts: ReadonlyMap<string, Host>;
  readonly groups: ReadonlyMap<string, Group>;
  /** What a person should hear of; patterns that matched nothing are added as they are asked. */
  readonly warnings: string[] = [];
  readonly #census: Census;
  readonly #besideSources: FileVars;
  readonly #besidePlaybook: FileVars;
  readonly #vars = new Map<string, Dict>();

  constructor(census: Census, besideSources: FileVars, besidePlaybook: FileVars) {
    this.hosts = census.hosts;
    this.groups = census.groups;
    this.#census = census;
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
      const warning = `Could not match supplied host pattern, ignoring: ${part}`;
      if (!this.warnings.includes(warning)) this.warnings.push(warning);
    }
    return hosts;
  }

  /** All layers of a host's inventory variables merged; the implicit localhost has `ansible_connection: local`. */
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

  #host(name: string): Host {
    const local = isImplicitLocal(name) ? [['ansible_connection', 'local'] as const] : [];
    return this.hosts.get(name) ?? { name, vars: new Map(local), groups: [] };
  }
}
