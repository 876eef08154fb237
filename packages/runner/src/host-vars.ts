import type { Dict, Value } from '@ratchet/core';
import { layeredScope, Templar } from '@ratchet/template';
import type { RunContext } from './contexts.js';
import { cachedFacts } from './fact-cache.js';
import { ansibleFacts } from './keep-facts.js';
import { hostMagic, magicDict, runMagic } from './run-magic.js';
import { LazyDict } from './variables.js';

const NONE: Dict = new Map();

/** One host's variables as other hosts see them: nothing of the play, each finished in the scope of its own host when it is asked for. */
const varsOfHost = (run: RunContext, playbookFile: string, host: string): Value => {
  const state = run.hosts.get(host);
  const gathered = state?.gathered ?? cachedFacts(run.options, host);
  const scope = layeredScope([
    magicDict({ ...runMagic(run, playbookFile), ...hostMagic(run, host) }),
    run.options.extraVars,
    state?.facts ?? NONE,
    state?.included ?? NONE,
    new Map([['ansible_facts', ansibleFacts(gathered)]]),
    gathered,
    run.options.inventory.varsOf(host),
  ]);
  return new LazyDict(new Set(scope.names()), (name) => {
    const value = scope.get(name);
    return value === undefined ? null : new Templar(scope, { native: run.options.native }).finish(value);
  });
};

/** `hostvars`: every host of the inventory and of the run. */
export const hostVars = (run: RunContext, playbookFile: string): Value =>
  new LazyDict(new Set([...run.options.inventory.hosts.keys(), ...run.hosts.keys()]), (host) =>
    varsOfHost(run, playbookFile, host),
  );
