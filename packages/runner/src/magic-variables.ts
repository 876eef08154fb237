import { resolve } from 'node:path';
import { asWanted, LazyDict, type Value } from '@ratchet/core';
import type { RoleContext, Task } from '@ratchet/playbook';
import type { Scope } from '@ratchet/template';
import type { PlayContext } from './contexts.js';
import { type HostState, isActive } from './host-state.js';
import { hostVars } from './host-vars.js';
import { ansibleFacts } from './keep-facts.js';
import { collectionOf, fullRoleName, plainRoleName } from './role-names.js';
import { hostMagic, type Magic, runMagic } from './run-magic.js';
import { searchRoots } from './search-roots.js';

const takingPart = (play: PlayContext, hosts: readonly HostState[]): readonly HostState[] =>
  hosts.filter((host) => isActive(host) && !play.left.has(host));

const namesOf = (hosts: readonly HostState[]): Value => hosts.map((host) => host.name);

const unique = (names: readonly string[]): Value => [...new Set(names)];

const playMagic = (play: PlayContext): Magic => {
  const own = () => play.roles.map(({ role }) => fullRoleName(role));
  const pulled = () => play.roles.flatMap(({ dependencies }) => dependencies.map(fullRoleName));
  const batch = () => namesOf(takingPart(play, play.batch));
  return {
    ansible_play_hosts_all: () => namesOf(play.targeted),
    ansible_play_hosts: () => namesOf(takingPart(play, play.playHosts)),
    ansible_play_batch: batch,
    play_hosts: batch,
    ansible_play_name: () => play.play.name ?? play.pattern,
    ansible_play_role_names: own,
    ansible_dependent_role_names: () => unique(pulled()),
    ansible_role_names: () => unique([...own(), ...pulled()]),
    role_names: own,
    hostvars: () => hostVars(play.run, play.play.position.file.path),
  };
};

// The nearest first.
const includers = ({ includedIn }: RoleContext, shown: 'name' | 'path'): Value | undefined =>
  includedIn.length === 0
    ? undefined
    : includedIn.map(({ name, path }) => (shown === 'name' ? name : resolve(path))).reverse();

const roleMagic = (role: RoleContext): Magic => ({
  role_name: () => plainRoleName(role),
  ansible_role_name: () => fullRoleName(role),
  ansible_collection_name: () => collectionOf(role),
  role_path: () => resolve(role.path),
  ansible_parent_role_names: () => includers(role, 'name'),
  ansible_parent_role_paths: () => includers(role, 'path'),
});

/** Magic variables of a task on a host; `whole` is the scope that they are part of (for `vars`). */
export const magicScope = (
  play: PlayContext,
  host: HostState,
  task: Task | undefined,
  whole: () => Scope,
): { readonly get: (name: string) => Value | undefined; readonly names: () => readonly string[] } => {
  const made: Magic = {
    __proto__: null as never,
    ...runMagic(play.run, play.play.position.file.path),
    ...hostMagic(play.run, host.name),
    ...playMagic(play),
    ...(task?.role ? roleMagic(task.role) : {}),
    ansible_facts: () => ansibleFacts(host.gathered),
    ansible_search_path: () => searchRoots(play, task).map((root) => resolve(root)),
    vars: () => new LazyDict(new Set(whole().names()), (name, wanted) => asWanted(whole().get(name) ?? null, wanted)),
  };
  return { get: (name) => made[name]?.(), names: () => Object.keys(made) };
};
