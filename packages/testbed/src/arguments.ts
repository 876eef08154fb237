import { parseArgs } from 'node:util';
import { RatchetError } from '@ratchet/core';
import { PREREQUISITES } from './seed/seed.js';
import { OS_NAMES } from './seed/windows-version.js';
import type { UpOptions } from './testbed.js';

/** What the command was asked to do. */
export type Invocation =
  | { readonly verb: 'help' }
  | { readonly verb: 'up'; readonly options: UpOptions; readonly detach: boolean }
  | { readonly verb: 'down'; readonly dir: string }
  | { readonly verb: 'reboot'; readonly dir: string; readonly host: string }
  | { readonly verb: 'snapshot'; readonly dir: string; readonly host: string }
  | { readonly verb: 'excluded'; readonly arch: 'x64' | 'x86' };

export const USAGE = `usage: ratchet-testbed up --kind wine|embedded --dir DIR [--hosts N] [--os ${OS_NAMES.join('|')}]
                          [--arch x64|x86] [--shell cmd|powershell] [--without ${PREREQUISITES.join(',')}]
                          [--seed FILE.reg]... [--other-user NAME]... [--powershell] [--detach]
       ratchet-testbed down --dir DIR
       ratchet-testbed reboot --dir DIR --host HOST
       ratchet-testbed snapshot --dir DIR --host HOST
       ratchet-testbed snapshot --excluded [--arch x64|x86]
`;

const wrong = (message: string): RatchetError =>
  new RatchetError('usage', message, { hint: 'ratchet-testbed --help shows the options.' });

const oneOf = <T extends string>(option: string, value: string, allowed: readonly T[]): T => {
  const found = allowed.find((item) => item === value);
  if (found === undefined) throw wrong(`--${option} ${value}: use one of ${allowed.join(', ')}.`);
  return found;
};

const required = (option: string, value: string | undefined): string => {
  if (value === undefined) throw wrong(`--${option} is missing.`);
  return value;
};

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  kind: { type: 'string' },
  hosts: { type: 'string', default: '1' },
  dir: { type: 'string' },
  os: { type: 'string', default: '2012r2' },
  arch: { type: 'string', default: 'x64' },
  shell: { type: 'string', default: 'cmd' },
  without: { type: 'string', multiple: true },
  seed: { type: 'string', multiple: true },
  'other-user': { type: 'string', multiple: true },
  host: { type: 'string' },
  detach: { type: 'boolean', default: false },
  powershell: { type: 'boolean', default: false },
  excluded: { type: 'boolean', default: false },
} as const;

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
};

const upOptions = (values: ReturnType<typeof parse>['values']): UpOptions => {
  const hosts = Number(values.hosts);
  if (!Number.isInteger(hosts) || hosts < 1)
    throw wrong(`--hosts ${values.hosts}: a whole number from 1 on is wanted.`);
  const shell = oneOf('shell', values.shell, ['cmd', 'powershell']);
  const left = (values.without ?? []).flatMap((list) => list.split(',')).filter((name) => name !== '');
  return {
    kind: oneOf('kind', required('kind', values.kind), ['wine', 'embedded']),
    dir: required('dir', values.dir),
    hosts,
    os: oneOf('os', values.os, OS_NAMES),
    arch: oneOf('arch', values.arch, ['x64', 'x86']),
    shell,
    without: left.map((name) => oneOf('without', name, PREREQUISITES)),
    seeds: values.seed ?? [],
    otherUsers: values['other-user'] ?? [],
    ...(values.powershell || shell === 'powershell' ? { powershell: true } : {}),
  };
};

/**
 * Reads the command line.
 * @throws RatchetError `usage`
 */
export const readArguments = (args: readonly string[]): Invocation => {
  const { values, positionals } = parse(args);
  if (values.help || args.length === 0) return { verb: 'help' };
  const [verb = '', ...others] = positionals;
  if (others.length > 0) throw wrong(`"${others[0]}" is one word too many.`);
  switch (oneOf('command', verb, ['up', 'down', 'reboot', 'snapshot'])) {
    case 'up':
      return { verb: 'up', options: upOptions(values), detach: values.detach };
    case 'down':
      return { verb: 'down', dir: required('dir', values.dir) };
    case 'reboot':
      return { verb: 'reboot', dir: required('dir', values.dir), host: required('host', values.host) };
    case 'snapshot':
      if (values.excluded) return { verb: 'excluded', arch: oneOf('arch', values.arch, ['x64', 'x86']) };
      return { verb: 'snapshot', dir: required('dir', values.dir), host: required('host', values.host) };
  }
};
