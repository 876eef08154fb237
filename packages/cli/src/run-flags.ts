import { RatchetError } from '@ratchet/core';
import { Command } from 'commander';
import { collect, countUp, type HelpAsked, parseFlags, wholeNumber } from './parse-flags.js';
import { usageError } from './show-failure.js';

export type { HelpAsked } from './parse-flags.js';

export const OUTPUTS = ['tty', 'plain', 'json', 'ndjson'] as const;
export type OutputKind = (typeof OUTPUTS)[number];

/** What is only shown, and not run. */
export const LISTINGS = ['list-hosts', 'list-tasks', 'list-tags', 'syntax-check'] as const;
export type Listing = (typeof LISTINGS)[number];

/** The flags of `ratchet run`, parsed; names and meanings are ansible-playbook's. */
export interface RunFlags {
  readonly playbooks: readonly string[];
  readonly inventory: readonly string[];
  readonly limit?: string;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** Each `-e` as written. */
  readonly extraVars: readonly string[];
  readonly check: boolean;
  readonly diff: boolean;
  /** Hosts worked at once; absent: the settings' own, else 5. */
  readonly forks?: number;
  readonly verbosity: number;
  readonly user?: string;
  readonly askPass: boolean;
  readonly connectionPasswordFile?: string;
  readonly privateKey?: string;
  /** `ssh`, `local`, …: for hosts whose variables do not say. */
  readonly connection?: string;
  /** What a task that says nothing itself asks for. */
  readonly become: boolean;
  readonly becomeMethod?: string;
  readonly becomeUser?: string;
  /** Seconds. */
  readonly timeout?: number;
  readonly sshCommonArgs?: string;
  readonly sshExtraArgs?: string;
  /** `label@file`, `label@prompt`, or one of these without a label. */
  readonly vaultIds: readonly string[];
  readonly vaultPasswordFiles: readonly string[];
  readonly askVaultPass: boolean;
  /** The first task that runs; a name or a glob. */
  readonly startAtTask?: string;
  readonly forceHandlers: boolean;
  readonly listings: readonly Listing[];
  /** Absent: tty on a terminal, else plain. */
  readonly output?: OutputKind;
  readonly strict: boolean;
}

const collectList = (value: string, previous: readonly string[]): readonly string[] => [
  ...previous,
  ...value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
];

/** A value of `--output`. Throws a usage error for any other text. */
export const outputKind = (value: string): OutputKind => {
  const known = OUTPUTS.find((output) => output === value);
  if (!known) throw usageError(`--output takes ${OUTPUTS.join(', ')}, not "${value}".`);
  return known;
};

const BECOME =
  'No password is ever asked for: a task is run by the user who is logged in (-u, ansible_user), or refused.';

/** Flags of ansible-playbook that Ratchet does not do, and why. */
const REFUSED: readonly (readonly [string, string, string])[] = [
  ['-K, --ask-become-pass', 'askBecomePass', BECOME],
  ['--become-password-file <file>', 'becomePasswordFile', BECOME],
  ['--become-pass-file <file>', 'becomePassFile', BECOME],
  ['--step', 'step', 'ratchet plan shows every change before one is made.'],
  ['-M, --module-path <folder>', 'modulePath', 'Modules are part of Ratchet: none are loaded from folders.'],
  ['--sftp-extra-args <args>', 'sftpExtraArgs', 'Files travel over the one SSH connection: use --ssh-common-args.'],
  ['--scp-extra-args <args>', 'scpExtraArgs', 'Files travel over the one SSH connection: use --ssh-common-args.'],
];

const declare = (name: string): Command => {
  const command = new Command(name)
    .argument('[playbooks...]', 'playbook files, run one after the other')
    .option('-i, --inventory <source>', 'inventory file, folder, script or "h1,h2," (repeatable)', collect, [])
    .option('--inventory-file <source>', 'the same as --inventory', collect, [])
    .option('-l, --limit <pattern>', 'only the hosts that match; @file reads patterns from a file')
    .option('-t, --tags <tags>', 'only tasks with these tags', collectList, [])
    .option('--skip-tags <tags>', 'no tasks with these tags', collectList, [])
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
    .option('--ssh-extra-args <args>', 'further ssh options')
    .option('--vault-id <id>', 'vault password: label@file, label@prompt (repeatable)', collect, [])
    .option('--vault-password-file <file>', 'file or script with the vault password (repeatable)', collect, [])
    .option('--vault-pass-file <file>', 'the same as --vault-password-file', collect, [])
    .option('-J, --ask-vault-pass', 'ask for the vault password', false)
    .option('--ask-vault-password', 'the same as --ask-vault-pass', false)
    .option('--start-at-task <name>', 'begin with the task of this name')
    .option('--force-handlers', 'run notified handlers on failed hosts too', false)
    .option('--flush-cache', 'accepted: facts are never kept between runs', false)
    .option('--list-hosts', 'show the hosts of each play, and run nothing', false)
    .option('--list-tasks', 'show the tasks, and run nothing', false)
    .option('--list-tags', 'show the tags, and run nothing', false)
    .option('--syntax-check', 'only check the playbooks', false)
    .option('--output <kind>', 'tty, plain, json or ndjson', outputKind)
    .option('--strict', 'end with 1 when a play matched no host', false)
    .helpOption('-h, --help', 'print this help')
    .allowExcessArguments(false);
  for (const [flags, , why] of REFUSED) command.option(flags, `refused: ${why.split(':')[0]}`);
  return command;
};

type Raw = Readonly<Record<string, unknown>>;

const present = (name: string, value: unknown): object => (value === undefined ? {} : { [name]: value });

const listOf = (raw: Raw, ...names: string[]): readonly string[] =>
  names.flatMap((name) => raw[name] as readonly string[]);

const camel = (flag: string): string => flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

const fromRaw = (playbooks: readonly string[], raw: Raw): RunFlags => ({
  playbooks,
  inventory: listOf(raw, 'inventory', 'inventoryFile'),
  tags: listOf(raw, 'tags'),
  skipTags: listOf(raw, 'skipTags'),
  extraVars: listOf(raw, 'extraVars'),
  check: raw['check'] === true,
  diff: raw['diff'] === true,
  verbosity: raw['verbose'] as number,
  askPass: raw['askPass'] === true,
  become: raw['become'] === true,
  vaultIds: listOf(raw, 'vaultId'),
  vaultPasswordFiles: listOf(raw, 'vaultPasswordFile', 'vaultPassFile'),
  askVaultPass: raw['askVaultPass'] === true || raw['askVaultPassword'] === true,
  forceHandlers: raw['forceHandlers'] === true,
  listings: LISTINGS.filter((name) => raw[camel(name)] === true),
  strict: raw['strict'] === true,
  ...present('forks', raw['forks']),
  ...present('limit', raw['limit']),
  ...present('user', raw['user']),
  ...present('privateKey', raw['privateKey'] ?? raw['keyFile']),
  ...present('connection', raw['connection']),
  ...present('becomeMethod', raw['becomeMethod']),
  ...present('becomeUser', raw['becomeUser']),
  ...present('connectionPasswordFile', raw['connectionPasswordFile'] ?? raw['connPassFile']),
  ...present('timeout', raw['timeout']),
  ...present('sshCommonArgs', raw['sshCommonArgs']),
  ...present('sshExtraArgs', raw['sshExtraArgs']),
  ...present('startAtTask', raw['startAtTask']),
  ...present('output', raw['output']),
});

const refuse = (raw: Raw): void => {
  for (const [flags, name, why] of REFUSED)
    if (raw[name] !== undefined)
      throw new RatchetError('usage', `${flags.replace(/ <.*/, '')} is not supported.`, { hint: why });
};

/** Parses the arguments after `ratchet run` (or of `ratchet-playbook`). Throws `usage` errors; `--help` gives the text instead of flags. */
export const parseRunFlags = (args: readonly string[], name = 'ratchet run'): RunFlags | HelpAsked => {
  const parsed = parseFlags(declare(name), args);
  if ('help' in parsed) return parsed;
  refuse(parsed.raw);
  const flags = fromRaw(parsed.args, parsed.raw);
  if (flags.playbooks.length === 0) throw usageError('Name at least one playbook.');
  return flags;
};
