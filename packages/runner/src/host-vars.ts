import { type Dict, LazyDict, RatchetError, Template, type Value } from '@ratchet/core';
import { layeredScope, Templar } from '@ratchet/template';
import type { RunContext } from './contexts.js';
import { cachedFacts } from './fact-cache.js';
import { ansibleFacts } from './keep-facts.js';
import { hostMagic, magicDict, runMagic } from './run-magic.js';

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

// What is not of the host itself, and would make each host's variables hold those of all groups.
const OF_THE_RUN: readonly string[] = ['ratchet_group_vars'];

/**
 * One host's variables as other hosts see them: nothing of the play, each finished in the scope of its own host. One that uses what is
 * undefined is an error where it is asked for; where all are listed, it is its text.
 */
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
  const names = new Set([...scope.names()].filter((name) => !OF_THE_RUN.includes(name)));
  return new LazyDict(names, (name, wanted) => {
    const value = scope.get(name);
    if (value === undefined) return null;
    const templar = new Templar(scope, { native: run.options.native });
    const strict = wanted === 'asked' && run.options.native !== false;
    return strict ? templar.finish(value) : asFarAsKnown(value, templar);
  });
};

/** `hostvars`: every host of the inventory and of the run. */
export const hostVars = (run: RunContext, playbookFile: string): Value =>
  new LazyDict(new Set([...run.options.inventory.hosts.keys(), ...run.hosts.keys()]), (host) =>
    varsOfHost(run, playbookFile, host),
  );
