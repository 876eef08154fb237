import { dirname, resolve } from 'node:path';
import { asWanted, type Dict, LazyDict, type Value } from '@ratchet/core';
import type { RunContext } from './contexts.js';
import type { RunOptions } from './run-options.js';

/** Variables by name, each made when it is asked for; undefined where there is none. */
export type Magic = Readonly<Record<string, (() => Value | undefined) | undefined>>;

/** The release of ansible-core whose language Ratchet speaks, as roles ask for it. */
const SPOKEN = { full: '2.19.0', major: 2, minor: 19, revision: 0, string: '2.19.0' };

const groupsOf = (run: RunContext): Value => {
  const { inventory } = run.options;
  const names = [...inventory.groups.keys()];
  return new Map(names.map((name) => [name, [...inventory.hostsOfGroup(name)]] as [Value, Value]));
};

const groupVars = ({ options: { inventory } }: RunContext): Value =>
  new LazyDict(inventory.groups.keys(), (name, wanted) => asWanted(inventory.groupVarsOf(name), wanted));

/** What of a run, wherever it is, every scope knows: the run's flags and the inventory. */
export const runMagic = (run: RunContext, playbookFile: string): Magic => {
  const { options } = run;
  return {
    ansible_check_mode: () => options.check,
    ansible_diff_mode: () => options.diff,
    ansible_verbosity: () => options.verbosity,
    ansible_forks: () => options.forks,
    ansible_limit: () => options.limit,
    ansible_run_tags: () => (options.tags.length > 0 ? [...options.tags] : ['all']),
    ansible_skip_tags: () => [...options.skipTags],
    ansible_version: () => new Map<Value, Value>(Object.entries(SPOKEN)),
    ansible_playbook_python: () => options.playbookPython?.(),
    ansible_config_file: () => options.configFile ?? null,
    ansible_inventory_sources: () => [...(options.inventorySources ?? [])],
    playbook_dir: () => resolve(dirname(playbookFile)),
    groups: () => groupsOf(run),
    ratchet_version: () => options.version,
    ratchet_group_vars: () => groupVars(run),
  };
};

/** What is known of a host by itself. */
export const hostMagic = (run: { readonly options: Pick<RunOptions, 'inventory'> }, host: string): Magic => {
  const { inventory } = run.options;
  const source = inventory.hosts.get(host)?.source;
  const file = source === undefined || source.includes(',') ? undefined : resolve(source);
  return {
    inventory_hostname: () => host,
    inventory_hostname_short: () => host.split('.')[0] ?? host,
    group_names: () => [...inventory.groupNamesOf(host)],
    inventory_file: () => file,
    inventory_dir: () => (file === undefined ? undefined : dirname(file)),
  };
};

/** All of it, made now. */
export const magicDict = (made: Magic): Dict => {
  const dict: Dict = new Map();
  for (const [name, make] of Object.entries(made)) {
    const value = make?.();
    if (value !== undefined) dict.set(name, value);
  }
  return dict;
};
