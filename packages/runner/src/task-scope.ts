import { basename } from 'node:path';
import { type Dict, isNamedSecret, Template, type Value } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import { layeredScope, type Scope, Templar } from '@ratchet/template';
import type { PlayContext } from './contexts.js';
import type { HostState } from './host-state.js';
import { magicScope } from './magic-variables.js';
import { fullRoleName } from './role-names.js';
import { searchRoots } from './search-roots.js';
import { pendingScope, UnknownVariable, WithheldVariable } from './variables.js';

const EMPTY: Dict = new Map();

/** Every layer below the magic names, the strongest first. */
const layersOf = (play: PlayContext, host: HostState, task: Task | undefined): readonly Dict[] => {
  const role = task?.role;
  return [
    play.run.options.extraVars,
    task?.includeParams ?? EMPTY,
    role?.params ?? EMPTY,
    host.facts,
    host.included,
    task?.vars ?? EMPTY,
    role?.vars ?? EMPTY,
    play.exported.vars,
    play.play.roleVars,
    play.fileVars.get(host.name)?.vars ?? EMPTY,
    play.prompted,
    play.play.vars,
    host.gathered,
    play.run.options.inventory.varsOf(host.name),
    role?.defaults ?? EMPTY,
    play.exported.defaults,
    play.play.roleDefaults,
  ];
};

/** The value of a variable where its strongest layer holds what the operator wrote: no facts, no results, nothing of the inventory. */
const writtenIn = (play: PlayContext, host: HostState, task: Task | undefined, name: string): Value | undefined => {
  const foreign = new Set<Dict>([host.facts, host.gathered, play.run.options.inventory.varsOf(host.name)]);
  const strongest = layersOf(play, host, task).find((layer) => layer.has(name));
  return strongest === undefined || foreign.has(strongest) ? undefined : strongest.get(name);
};

// As in Ansible a task sees who logs in also where no variable says it: by keyword, flag or setting.
const loginName = (play: PlayContext, task: Task | undefined, layered: Scope): Value | undefined =>
  task && (layered.get('ansible_ssh_user') ?? task.remoteUser ?? play.play.remoteUser ?? play.run.options.remoteUser);

// Nor need a variable say where a host is; a delegate that is a template is not asked.
const address = (host: HostState, task: Task | undefined): Value | undefined => {
  if (task === undefined || task.delegateTo instanceof Template) return undefined;
  return task.delegateTo ?? host.name;
};

/**
 * The variables of a task on a host, the strongest first: the loop's own, magic names, `-e`, includes' `vars`, role parameters,
 * registered results and `set_fact`, `include_vars`, task and block variables, role variables, `vars_files`, `vars_prompt`, play variables, gathered
 * facts, the inventory, role defaults.
 */
export const taskScope = (play: PlayContext, host: HostState, task: Task | undefined, own: Dict = EMPTY): Scope => {
  const layered = pendingScope(layeredScope(layersOf(play, host, task)), host.pending);
  const magic = magicScope(play, host, task, () => whole);
  const { secrets } = play.run.options;
  const whole: Scope = {
    get: (name) => {
      const found = lookUp(name);
      if (isNamedSecret(name, found)) secrets.add(found);
      return found;
    },
    names: () => [...own.keys()].map(String).concat(magic.names(), [...layered.names()]),
    written: (name) => {
      const value = whole.get(name);
      return value === writtenIn(play, host, task, name) ? value : undefined;
    },
  };
  const lookUp = (name: string): Value | undefined => {
    const given = own.get(name);
    const value = given === undefined ? magic.get(name) : given;
    if (value !== undefined) return value;
    if (host.unknown.has(name)) throw new UnknownVariable(name);
    const step = host.withheld.get(name);
    if (step !== undefined) throw new WithheldVariable(name, step);
    // A null is a value.
    const found = layered.get(name);
    if (found !== undefined) return found;
    if (name === 'ansible_user') return loginName(play, task, layered);
    return name === 'ansible_host' ? address(host, task) : undefined;
  };
  return whole;
};

/** A templar over a task's variables; `searchFolder` is where `first_found` looks instead of in `files`. */
export const taskTemplar = (
  play: PlayContext,
  host: HostState,
  task: Task | undefined,
  own?: Dict,
  searchFolder?: string,
): Templar =>
  new Templar(taskScope(play, host, task, own), {
    searchRoots: () => searchRoots(play, task),
    ...(searchFolder === undefined ? {} : { searchFolder }),
    native: play.run.options.native,
    anyConditions: play.run.options.anyConditions,
  });

/** A name as people see it: templated where that works, as written otherwise. */
export const shownName = (templar: Templar, task: Task): string => {
  // As in Ansible, an include_role does not name the role that it stands in.
  const within = task.role && !(task.action.kind === 'include' && task.action.include.kind === 'role');
  const prefix = within ? `${basename(fullRoleName(task.role))} : ` : '';
  if (task.name === undefined) return prefix + defaultName(templar, task);
  if (typeof task.name === 'string') return prefix + task.name;
  try {
    return prefix + String(templar.finish(task.name));
  } catch {
    return prefix + task.name.text;
  }
};

const defaultName = (templar: Templar, task: Task): string => {
  if (task.action.kind !== 'include' || task.action.include.kind !== 'role') return task.action.name;
  const { role } = task.action.include;
  if (typeof role === 'string') return `${task.action.name} : ${role}`;
  try {
    return `${task.action.name} : ${String(templar.finish(role))}`;
  } catch {
    return `${task.action.name} : ${role.text}`;
  }
};
