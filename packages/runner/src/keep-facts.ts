import { type Dict, fromPlain, type Value } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import type { HostState } from './host-state.js';

/**
 * Keeps the facts of a result: what `set_fact` says ranks high and stays; what a module found out about a host (`setup`) ranks below the
 * play's variables, stands in `ansible_facts` too, and goes with `meta: clear_facts`.
 */
export const keepFacts = (host: HostState, task: Task, facts: Readonly<Record<string, unknown>>): void => {
  const isSaid = task.action.kind === 'module' && task.action.module.name === 'set_fact';
  const layer = isSaid ? host.facts : host.gathered;
  for (const [name, value] of Object.entries(facts)) layer.set(name, fromPlain(value));
};

/** `ansible_facts`: what was gathered, without `ansible_` before the names. */
export const ansibleFacts = (gathered: Dict): Value =>
  new Map([...gathered].map(([name, value]) => [String(name).replace(/^ansible_/, ''), value] as [Value, Value]));
