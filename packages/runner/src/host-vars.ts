import { type Dict, RatchetError, Template, type Value } from '@ratchet/core';
import { layeredScope, Templar } from '@ratchet/template';
import type { RunContext } from './contexts.js';
import { cachedFacts } from './fact-cache.js';
import { ansibleFacts } from './keep-facts.js';
import { hostMagic, magicDict, runMagic } from './run-magic.js';
import { LazyDict } from './variables.js';

const NONE: Dict = new Map();

/** As ansible-core 2.14 hands over `hostvars`: a template that uses an undefined variable stays its text, which nothing templates again. */
const asFarAsKnown = (value: Value, templar: Templar): Value => {
  if (Array.isArray(value)) return value.map((item) => asFarAsKnown(item, templar));
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, asFarAsKnown(item, templar)]));
  if (!(value instanceof Template)) return value;
  try {
    return templar.finish(value);
  } catch (thrown) {
    if (thrown instanceof RatchetError && thrown.code === 'undefined-variable') return value.text;
    throw thrown;
  }
};

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
    if (value === undefined) return null;
    const templar = new Templar(scope, { native: run.options.native });
    return run.options.native === false ? asFarAsKnown(value, templar) : templar.finish(value);
  });
};

/** `hostvars`: every host of the inventory and of the run. */
export const hostVars = (run: RunContext, playbookFile: string): Value =>
  new LazyDict(new Set([...run.options.inventory.hosts.keys(), ...run.hosts.keys()]), (host) =>
    varsOfHost(run, playbookFile, host),
  );
