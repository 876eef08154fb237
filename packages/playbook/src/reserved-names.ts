import type { Value } from '@ratchet/core';
import { REFUSED, SUPPORTED } from './keywords.js';
import type { Play } from './play.js';

// Functions of templates: such a variable takes the function's place.
const FUNCTIONS = ['cycler', 'dict', 'joiner', 'lipsum', 'lookup', 'namespace', 'now', 'q', 'query', 'range', 'undef'];

const RESERVED: ReadonlySet<Value> = new Set([...Object.values(SUPPORTED).flat(), ...REFUSED.keys(), ...FUNCTIONS]);

// Old names of keywords, and `vars` itself, are none that Ansible reserves.
const FREE: ReadonlySet<Value> = new Set(['vars', 'user']);

const reservedIn = (names: Iterable<Value>): readonly string[] =>
  [...names].filter((name) => RESERVED.has(name) && !FREE.has(name)).map(String);

/** What a person should hear of variables of plays, and of the command line, that have the name of a keyword or a function of templates. */
export const reservedNameWarnings = (plays: readonly Play[], extra: Iterable<Value>): readonly string[] => {
  const told = new Map(reservedIn(extra).map((name) => [name, 'given with -e']));
  for (const play of plays)
    for (const name of reservedIn(play.vars.keys()))
      if (!told.has(name)) told.set(name, `in the vars of a play of ${play.position.file.path}`);
  return [...told].map(
    ([name, where]) => `Found variable using reserved name: ${name}, ${where}. Give it another one.`,
  );
};
