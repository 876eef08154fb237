import { spawnSync } from 'node:child_process';
import { type Dict, globRegex, RatchetError, type Value } from '@ratchet/core';
import { playbookFolder } from './controller-files.js';
import type { Engine, Lookup } from './engine.js';
import { environmentOf } from './environment.js';
import { defined, templateError, Undefined } from './item.js';
import { flat } from './lookup-terms.js';
import { isDict, isList } from './python.js';
import { str } from './python-text.js';
import { pythonRegex } from './regex.js';

const MAX_OUTPUT = 16_000_000;

/** What a shell command on the controller prints; one that fails is an error. */
const output = (command: string, engine: Engine): string => {
  const { status, signal, stdout, stderr, error } = spawnSync('/bin/sh', ['-c', command], {
    cwd: playbookFolder(engine) || undefined,
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status === 0) return stdout;
  throw new RatchetError(
    'command-failed',
    `The command of the lookup ended with ${status ?? signal ?? error?.message}.`,
    {
      hint: stderr?.trim().split('\n')[0] || undefined,
      cause: error,
    },
  );
};

const notAName = (term: Value): RatchetError =>
  templateError(`Invalid setting identifier, "${str(term)}" is not a string: the name of a variable is one.`);

/** The pattern of a search for names; an invalid one is an error that says so. */
const namePattern = (term: Value): RegExp => {
  if (typeof term !== 'string') throw notAName(term);
  try {
    return pythonRegex(term);
  } catch (thrown) {
    if (!(thrown instanceof RatchetError)) throw thrown;
    throw templateError(`Unable to use "${term}" as a search parameter. ${thrown.message}`);
  }
};

const vars: Lookup = (terms, options, engine) =>
  flat(terms).map((term) => {
    if (typeof term !== 'string') throw notAName(term);
    const value = engine.variable(term);
    if (value instanceof Undefined && value.name === term) {
      if (options.has('default')) return options.get('default') as Value;
      throw new RatchetError('undefined-variable', `No variable found with this name: ${term}.`, {
        hint: value.error.hint ?? 'Give default="…" where it may be missing.',
        details: { name: term },
      });
    }
    return engine.finish(defined(value));
  });

/** Hosts by a pattern over the variable `groups`: names, groups and globs, joined by `:` or `,`, with `!` and `&`. */
const hostNames: Lookup = (terms, _options, engine) => {
  const groups = engine.finish(defined(engine.variable('groups')));
  if (!isDict(groups)) throw templateError('The variable "groups" is no dict.');
  const all = namesOf(groups.get('all'));
  let chosen: string[] = [];
  const parts = flat(terms)
    .flatMap((term) => str(term).split(/[,:]/))
    .map((part) => part.trim());
  // As in Ansible: whatever their order, "&" counts behind what is plain, and "!" last.
  for (const part of parts.toSorted((a, b) => orderOf(a) - orderOf(b))) {
    const hosts = matching(part.replace(/^[!&]/, ''), groups, all);
    if (part.startsWith('!')) chosen = chosen.filter((host) => !hosts.includes(host));
    else if (part.startsWith('&')) chosen = chosen.filter((host) => hosts.includes(host));
    else chosen = [...new Set([...chosen, ...hosts])];
  }
  return chosen;
};

const orderOf = (part: string): number => (part.startsWith('!') ? 2 : part.startsWith('&') ? 1 : 0);

const namesOf = (value: Value | undefined): readonly string[] => (isList(value) ? value.map(str) : []);

const matching = (part: string, groups: Dict, all: readonly string[]): readonly string[] => {
  const pattern = part.startsWith('~') ? pythonRegex(part.slice(1), { find: 'match' }) : globRegex(part);
  const inGroups = [...groups].filter(([name]) => pattern.test(str(name))).flatMap(([, hosts]) => namesOf(hosts));
  return [...new Set([...inGroups, ...all.filter((host) => pattern.test(host))])];
};

/** Lookups of the controller: its environment, its commands, its variables. */
export const localLookups: readonly (readonly [string, Lookup])[] = [
  ['env', (terms, options) => flat(terms).map((term) => environmentOf(str(term)) ?? options.get('default') ?? '')],
  ['pipe', (terms, _options, engine) => flat(terms).map((term) => output(str(term), engine).replace(/[\r\n]+$/, ''))],
  [
    'lines',
    (terms, _options, engine) =>
      flat(terms).flatMap((term) => {
        const lines = output(str(term), engine).split('\n');
        return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
      }),
  ],
  ['vars', vars],
  [
    'varnames',
    (terms, _options, engine) => {
      const names = [...engine.scope.names()];
      return flat(terms).flatMap((term) => {
        const pattern = namePattern(term);
        return names.filter((name) => pattern.test(name));
      });
    },
  ],
  ['inventory_hostnames', hostNames],
];
