import { basename, dirname } from 'node:path';
import { type Dict, fromPlain, type Value } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import { type Scope, Templar } from '@ratchet/template';
import type { PlayContext, RunContext } from './contexts.js';
import type { HostState } from './host-state.js';
import { isActive } from './host-state.js';
import { searchRoots } from './search-roots.js';
import { LazyDict, layeredScope, mergeDicts, WithheldVariable } from './variables.js';

const EMPTY: Dict = new Map();

const namesOf = (hosts: readonly HostState[]): Value => hosts.map((host) => host.name);

const groupsOf = (run: RunContext): Value =>
  new Map(
    [...run.options.inventory.groups.keys()].map(
      (name) => [name, [...run.options.inventory.match(name)]] as [Value, Value],
    ),
  );

const hostVars = (play: PlayContext): Value => {
  const { inventory } = play.run.options;
  return new LazyDict(inventory.hosts.keys(), (name) => {
    const state = play.run.hosts.get(name);
    const merged = mergeDicts([...(state ? [state.facts] : []), inventory.varsOf(name)]);
    merged.set('inventory_hostname', name);
    merged.set('group_names', [...inventory.groupNamesOf(name)]);
    return merged;
  });
};

const magicNames = (play: PlayContext, host: HostState, task: Task | undefined): Dict => {
  const { options } = play.run;
  const magic: [string, Value][] = [
    ['inventory_hostname', host.name],
    ['inventory_hostname_short', host.name.split('.')[0] ?? host.name],
    ['group_names', [...options.inventory.groupNamesOf(host.name)]],
    ['ansible_play_hosts_all', namesOf(play.playHosts)],
    ['ansible_play_hosts', namesOf(play.playHosts.filter(isActive))],
    ['play_hosts', namesOf(play.playHosts.filter(isActive))],
    ['ansible_play_batch', namesOf(play.batch.filter(isActive))],
    ['ansible_play_name', typeof play.play.name === 'string' ? play.play.name : play.play.name.text],
    ['ansible_check_mode', options.check],
    ['ansible_diff_mode', options.diff],
    ['ansible_verbosity', options.verbosity],
    ['ansible_forks', options.forks],
    ['ansible_limit', options.limit ?? null],
    ['ansible_run_tags', options.tags.length > 0 ? [...options.tags] : ['all']],
    ['ansible_skip_tags', [...options.skipTags]],
    ['playbook_dir', dirname(play.playbook.file.path)],
    ['ratchet_version', options.version],
  ];
  if (task?.role) {
    magic.push(['role_name', task.role.name], ['ansible_role_name', task.role.name], ['role_path', task.role.path]);
    magic.push(['ansible_parent_role_names', [...task.role.parents]]);
  }
  return new Map<Value, Value>(magic);
};

/** Magic names that are only worth making when they are asked for. */
const LAZY_MAGIC: Readonly<Record<string, ((play: PlayContext) => Value) | undefined>> = {
  __proto__: null as never,
  groups: (play) => groupsOf(play.run),
  hostvars: hostVars,
  ratchet_group_vars: ({ run: { options } }) =>
    new Map(
      [...options.inventory.groups.keys()].map((name) => [name, options.inventory.groupVarsOf(name)] as [Value, Value]),
    ),
};

const lazyMagic = (play: PlayContext): Scope => ({
  get: (name) => LAZY_MAGIC[name]?.(play),
  names: () => Object.keys(LAZY_MAGIC),
});

/**
 * The variables of a task on a host, the strongest first: magic names, `-e`, the loop's own, role parameters, facts and
 * registered results, task and block variables, role variables, `vars_files`, play variables, the inventory, role defaults.
 */
export const taskScope = (play: PlayContext, host: HostState, task: Task | undefined, own: Dict = EMPTY): Scope => {
  const role = task?.role;
  const layers = [
    magicNames(play, host, task),
    play.run.options.extraVars,
    own,
    role?.params ?? EMPTY,
    host.facts,
    task?.vars ?? EMPTY,
    role?.vars ?? EMPTY,
    play.play.roleVars,
    play.fileVars.get(host.name) ?? EMPTY,
    play.play.vars,
    play.run.options.inventory.varsOf(host.name),
    role?.defaults ?? EMPTY,
    play.play.roleDefaults,
  ];
  const layered = layeredScope(layers, host.pending);
  const lazy = lazyMagic(play);
  const known = (name: string): Value | undefined => {
    const step = host.withheld.get(name);
    if (step !== undefined) throw new WithheldVariable(name, step);
    return layered.get(name);
  };
  return { get: (name) => lazy.get(name) ?? known(name), names: () => [...lazy.names(), ...layered.names()] };
};

/** A templar over a task's variables. */
export const taskTemplar = (play: PlayContext, host: HostState, task: Task | undefined, own?: Dict): Templar =>
  new Templar(taskScope(play, host, task, own), { searchRoots: () => searchRoots(play, task) });

/** A name as people see it: templated where that works, as written otherwise. */
export const shownName = (templar: Templar, task: Task): string => {
  const prefix = task.role ? `${basename(task.role.name)} : ` : '';
  if (task.name === undefined) return prefix + task.action.name;
  if (typeof task.name === 'string') return prefix + task.name;
  try {
    return prefix + String(templar.finish(task.name));
  } catch {
    return prefix + task.name.text;
  }
};

/** A Value for `own` variables. */
export const ownVariables = (entries: Readonly<Record<string, unknown>>): Dict =>
  new Map(Object.entries(entries).map(([key, value]) => [key, fromPlain(value)] as [Value, Value]));
