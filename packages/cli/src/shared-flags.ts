import { RatchetError } from '@ratchet/core';
import type { Command } from 'commander';
import { collect, countUp, wholeNumber } from './parse-flags.js';
import { usageError } from './show-failure.js';
import { declareVault } from './vault-options.js';

export const OUTPUTS = ['tty', 'plain', 'json', 'ndjson'] as const;
export type OutputKind = (typeof OUTPUTS)[number];

/** A value of `--output`. Throws a usage error for any other text. */
export const outputKind = (value: string): OutputKind => {
  const known = OUTPUTS.find((output) => output === value);
  if (!known) throw usageError(`--output takes ${OUTPUTS.join(', ')}, not "${value}".`);
  return known;
};

const BECOME =
  'No password is ever asked for: a task is run by the user who is logged in (-u, ansible_user), or refused.';

/** A flag, its name among the parsed ones, and why there is none. */
export type Refused = readonly [flag: string, name: string, why: string];

/** Flags of Ansible that Ratchet does not do, and why. */
const REFUSED: readonly Refused[] = [
  ['-K, --ask-become-pass', 'askBecomePass', BECOME],
  ['--become-password-file <file>', 'becomePasswordFile', BECOME],
  ['--become-pass-file <file>', 'becomePassFile', BECOME],
  ['-M, --module-path <folder>', 'modulePath', 'Modules are part of Ratchet: none are loaded from folders.'],
  ['--sftp-extra-args <args>', 'sftpExtraArgs', 'Files travel over the one SSH connection: use --ssh-common-args.'],
  ['--scp-extra-args <args>', 'scpExtraArgs', 'Files travel over the one SSH connection: use --ssh-common-args.'],
];

/** Declares the flags that `ratchet run` and `ratchet adhoc` have in common. */
export const declareShared = (command: Command): Command => {
  command
    .option('-i, --inventory <source>', 'inventory file, folder, script or "h1,h2," (repeatable)', collect, [])
    .option('--inventory-file <source>', 'the same as --inventory', collect, [])
    .option('-l, --limit <pattern>', 'only the hosts that match; @file reads patterns from a file')
    .option('-e, --extra-vars <vars>', 'variables: k=v, JSON, YAML or @file (repeatable)', collect, [])
    .option('-C, --check', 'change nothing; show what would change', false)
    .option('-D, --diff', 'show every change before and after', false)
    .option('-f, --forks <number>', 'hosts worked at once (5)', wholeNumber('--forks'))
    .option('-v, --verbose', 'show results; -vvv also stacks of faults', countUp, 0)
    .option('-u, --user <name>', 'log in as this user')
    .option('-k, --ask-pass', 'ask for the password', false)
    .option('--connection-password-file <file>', 'file or script with the password')
    .option('--conn-pass-file <file>', 'the same as --connection-password-file')
    .option('--private-key <file>', 'log in with this key')
    .option('--key-file <file>', 'the same as --private-key')
    .option('-c, --connection <kind>', 'how to reach hosts whose variables do not say: ssh, local')
    .option('-b, --become', 'tasks are for --become-user: done where that user is logged in', false)
    .option('--become-method <method>', 'runas on Windows')
    .option('--become-user <user>', 'the user that tasks are for (root)')
    .option('-T, --timeout <seconds>', 'connection timeout', wholeNumber('--timeout'))
    .option('--ssh-common-args <args>', 'ssh options, e.g. "-o ProxyJump=gate"')
    .option('--ssh-extra-args <args>', 'further ssh options');
  declareVault(command)
    .option('--list-hosts', 'show the hosts of each play, and run nothing', false)
    .option('--output <kind>', 'tty, plain, json or ndjson', outputKind);
  for (const [flags, , why] of REFUSED) command.option(flags, `refused: ${why.split(':')[0]}`);
  return command;
};

/** Throws a usage error for a flag that is not supported, with the reason. */
export const refuseFlags = (raw: Readonly<Record<string, unknown>>, refused: readonly Refused[] = REFUSED): void => {
  for (const [flags, name, why] of refused)
    if (raw[name] !== undefined)
      throw new RatchetError('usage', `${flags.replace(/ <.*/, '')} is not supported.`, { hint: why });
};
