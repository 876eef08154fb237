import { Command } from 'commander';
import { type HelpAsked, parseFlags } from './parse-flags.js';
import { declareShared, type OutputKind, type Refused, refuseFlags } from './shared-flags.js';
import { usageError } from './show-failure.js';
import { vaultSources } from './vault-options.js';

export type { HelpAsked } from './parse-flags.js';
export { type OutputKind, outputKind } from './shared-flags.js';

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
  /** Facts that earlier runs kept do not count. */
  readonly flushCache?: boolean;
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

/** Flags of ansible-playbook alone that Ratchet does not do, and why. */
const REFUSED: readonly Refused[] = [['--step', 'step', 'ratchet plan shows every change before one is made.']];

const declare = (name: string): Command => {
  const command = declareShared(new Command(name).argument('[playbooks...]', 'playbook files, run one after the other'))
    .option('-t, --tags <tags>', 'only tasks with these tags', collectList, [])
    .option('--skip-tags <tags>', 'no tasks with these tags', collectList, [])
    .option('--start-at-task <name>', 'begin with the task of this name')
    .option('--force-handlers', 'run notified handlers on failed hosts too', false)
    .option('--flush-cache', 'forget the facts that are kept of the hosts (fact_caching)', false)
    .option('--list-tasks', 'show the tasks, and run nothing', false)
    .option('--list-tags', 'show the tags, and run nothing', false)
    .option('--syntax-check', 'only check the playbooks', false)
    .option('--strict', 'end with 1 when a play matched no host', false)
    .helpOption('-h, --help', 'print this help')
    .allowExcessArguments(false);
  for (const [flags, , why] of REFUSED) command.option(flags, `refused: ${why.split(':')[0]}`);
  return command;
};

type Raw = Readonly<Record<string, unknown>>;

const present = (name: string, value: unknown): object => (value === undefined ? {} : { [name]: value });

const listOf = (raw: Raw, ...names: string[]): readonly string[] =>
  names.flatMap((name) => (raw[name] ?? []) as readonly string[]);

const camel = (flag: string): string => flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** The flags of a run from what was parsed; those that a command has not are as if not given. */
export const fromRaw = (playbooks: readonly string[], raw: Raw): RunFlags => ({
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
  ...vaultSources(raw),
  forceHandlers: raw['forceHandlers'] === true,
  ...(raw['flushCache'] === true ? { flushCache: true } : {}),
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

/** Parses the arguments after `ratchet run` (or of `ratchet-playbook`). Throws `usage` errors; `--help` gives the text instead of flags. */
export const parseRunFlags = (args: readonly string[], name = 'ratchet run'): RunFlags | HelpAsked => {
  const parsed = parseFlags(declare(name), args);
  if ('help' in parsed) return parsed;
  refuseFlags(parsed.raw);
  refuseFlags(parsed.raw, REFUSED);
  const flags = fromRaw(parsed.args, parsed.raw);
  if (flags.playbooks.length === 0) throw usageError('Name at least one playbook.');
  return flags;
};
