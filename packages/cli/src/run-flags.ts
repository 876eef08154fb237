import { RatchetError } from '@ratchet/core';
import { Command, CommanderError } from 'commander';
import { usageError } from './show-failure.js';

export const OUTPUTS = ['tty', 'plain', 'json', 'ndjson'] as const;
export type OutputKind = (typeof OUTPUTS)[number];

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
  readonly forks: number;
  readonly verbosity: number;
  readonly user?: string;
  readonly askPass: boolean;
  readonly privateKey?: string;
  /** Seconds. */
  readonly timeout?: number;
  readonly sshCommonArgs?: string;
  readonly sshExtraArgs?: string;
  readonly vaultPasswordFiles: readonly string[];
  readonly askVaultPass: boolean;
  /** Absent: tty on a terminal, else plain. */
  readonly output?: OutputKind;
  readonly strict: boolean;
}

/** `--help` was asked for: the text to print. */
export interface HelpAsked {
  readonly help: string;
}

const DEFAULT_FORKS = 5;

const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

const collectList = (value: string, previous: readonly string[]): readonly string[] => [
  ...previous,
  ...value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
];

const wholeNumber =
  (flag: string) =>
  (value: string): number => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < 1) throw usageError(`${flag} takes a whole number from 1 on, not "${value}".`);
    return number;
  };

const outputKind = (value: string): OutputKind => {
  const known = OUTPUTS.find((output) => output === value);
  if (!known) throw usageError(`--output takes ${OUTPUTS.join(', ')}, not "${value}".`);
  return known;
};

const declare = (command: Command): Command =>
  command
    .argument('[playbooks...]', 'playbook files, run one after the other')
    .option('-i, --inventory <source>', 'inventory file, folder, script or "h1,h2," (repeatable)', collect, [])
    .option('-l, --limit <pattern>', 'only the hosts that match')
    .option('-t, --tags <tags>', 'only tasks with these tags', collectList, [])
    .option('--skip-tags <tags>', 'no tasks with these tags', collectList, [])
    .option('-e, --extra-vars <vars>', 'variables: k=v, JSON, YAML or @file (repeatable)', collect, [])
    .option('-C, --check', 'change nothing; show what would change', false)
    .option('-D, --diff', 'show every change before and after', false)
    .option('-f, --forks <number>', 'hosts worked at once', wholeNumber('--forks'), DEFAULT_FORKS)
    .option('-v, --verbose', 'show results; -vvv also stacks of faults', (_: unknown, count: number) => count + 1, 0)
    .option('-u, --user <name>', 'log in as this user')
    .option('-k, --ask-pass', 'ask for the password', false)
    .option('--private-key <file>', 'log in with this key')
    .option('--key-file <file>', 'the same as --private-key')
    .option('-T, --timeout <seconds>', 'connection timeout', wholeNumber('--timeout'))
    .option('--ssh-common-args <args>', 'ssh options, e.g. "-o ProxyJump=gate"')
    .option('--ssh-extra-args <args>', 'further ssh options')
    .option('-J, --ask-vault-pass', 'ask for the vault password', false)
    .option('--vault-password-file <file>', 'file with the vault password (repeatable)', collect, [])
    .option('--output <kind>', 'tty, plain, json or ndjson', outputKind)
    .option('--strict', 'end with 1 when a play matched no host', false)
    .helpOption('-h, --help', 'print this help')
    .allowExcessArguments(false);

type Raw = Record<string, unknown> & {
  readonly inventory: readonly string[];
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly extraVars: readonly string[];
  readonly vaultPasswordFile: readonly string[];
  readonly forks: number;
  readonly verbose: number;
};

const present = (name: string, value: unknown): object => (value === undefined ? {} : { [name]: value });

const fromRaw = (playbooks: readonly string[], raw: Raw): RunFlags => ({
  playbooks,
  inventory: raw.inventory,
  tags: raw.tags,
  skipTags: raw.skipTags,
  extraVars: raw.extraVars,
  check: raw['check'] === true,
  diff: raw['diff'] === true,
  forks: raw.forks,
  verbosity: raw.verbose,
  askPass: raw['askPass'] === true,
  vaultPasswordFiles: raw.vaultPasswordFile,
  askVaultPass: raw['askVaultPass'] === true,
  strict: raw['strict'] === true,
  ...present('limit', raw['limit']),
  ...present('user', raw['user']),
  ...present('privateKey', raw['privateKey'] ?? raw['keyFile']),
  ...present('timeout', raw['timeout']),
  ...present('sshCommonArgs', raw['sshCommonArgs']),
  ...present('sshExtraArgs', raw['sshExtraArgs']),
  ...present('output', raw['output']),
});

/** commander's message as ours: a sentence, its suggestion as the hint. */
const fromCommander = (message: string): RatchetError => {
  const [text = '', suggestion] = message.replace(/^error: /, '').split('\n');
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/[.]?$/, '.')}`;
  const hint = suggestion?.replace(/^\(|\)$/g, '');
  return hint ? new RatchetError('usage', sentence, { hint }) : usageError(sentence);
};

/** Parses the arguments after `ratchet run`. Throws `usage` errors; `--help` gives the text instead of flags. */
export const parseRunFlags = (args: readonly string[]): RunFlags | HelpAsked => {
  let help = '';
  const command = declare(new Command('ratchet run'))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        help += text;
      },
      writeErr: () => undefined,
    });
  try {
    command.parse([...args], { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.code === 'commander.helpDisplayed') return { help };
    throw fromCommander(thrown.message);
  }
  const flags = fromRaw(command.args, command.opts<Raw>());
  if (flags.playbooks.length === 0) throw usageError('Name at least one playbook.');
  return flags;
};
