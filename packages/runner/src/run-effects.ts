import { type ActionResult, fromPlain, RatchetError, toPlain, type Value } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';
import { factHosts } from './delegate.js';
import type { HostState } from './host-state.js';
import { keepFacts } from './keep-facts.js';
import type { PlannedItem } from './plan-item.js';
import { addStats } from './run-stats.js';
import { taskTemplar } from './task-scope.js';

/** What an action's effects on the run's memory add to its result. */
interface Effects {
  readonly changed?: boolean;
  readonly values?: Readonly<Record<string, unknown>>;
}

// What include_vars read, as far as it can be finished now; the variables themselves are finished when they are used.
const shownVariables = (play: PlayContext, host: HostState, planned: PlannedItem, value: Value): unknown => {
  try {
    return toPlain(taskTemplar(play, host, undefined, planned.item.own).finish(value));
  } catch (thrown) {
    if (thrown instanceof RatchetError) return toPlain(value);
    throw thrown;
  }
};

/** Does what an action asks of the run itself: variables of the host, hosts and groups of the inventory, statistics. */
export const applyEffects = async (
  play: PlayContext,
  host: HostState,
  task: Task,
  planned: PlannedItem,
  result: ActionResult,
): Promise<Effects> => {
  const { inventory } = play.run.options;
  const hosts = factHosts(play, host, task, planned.templar, planned.delegate);
  if (result.facts) for (const one of hosts) keepFacts(one, task, result.facts, result.cacheable);
  if (result.stats) addStats(play.run.stats, host.name, result.stats);
  if (result.variables) {
    for (const one of hosts) for (const [name, value] of result.variables) one.included.set(name, value);
    return { values: { ansible_facts: shownVariables(play, host, planned, result.variables) } };
  }
  if (result.addHost) {
    const { name, groups, vars } = result.addHost;
    const added = fromPlain(vars) as Map<Value, Value>;
    return { changed: await inventory.addHost(name, groups, added) };
  }
  if (!result.joinGroups) return {};
  let changed = false;
  for (const { name, parents } of result.joinGroups)
    changed = (await inventory.joinGroup(host.name, name, parents)) || changed;
  return { changed };
};
