import { type Dict, fromPlain, type Value } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import type { HostState } from './host-state.js';

/** The fact by which `gathering = smart` knows a host whose facts were gathered; a `setup` task does not set it, as in Ansible. */
export const FACTS_GATHERED = '_ansible_facts_gathered';

/**
 * Keeps the facts of a result: what `set_fact` says ranks high and stays; what a module found out about a host (`setup`) ranks below the
 * play's variables, stands in `ansible_facts` too, and goes with `meta: clear_facts`. `cacheable`: what `set_fact` says stands among these too.
 */
export const keepFacts = (
  host: HostState,
  task: Task,
  facts: Readonly<Record<string, unknown>>,
  cacheable = false,
): void => {
  const isSaid = task.action.kind === 'module' && task.action.module.name === 'set_fact';
  const layers = isSaid ? [host.facts, ...(cacheable ? [host.gathered] : [])] : [host.gathered];
  if (!isSaid || cacheable) host.gatheredMoved = true;
  if (/(?:^|\.)gather_facts$/.test(task.action.name)) host.gathered.set(FACTS_GATHERED, true);
  for (const layer of layers) for (const [name, value] of Object.entries(facts)) layer.set(name, fromPlain(value));
};

/** `ansible_facts`: what was gathered, without `ansible_` before the names. */
export const ansibleFacts = (gathered: Dict): Value =>
  new Map([...gathered].map(([name, value]) => [String(name).replace(/^ansible_/, ''), value] as [Value, Value]));
