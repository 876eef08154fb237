import { RatchetError } from '@ratchet/core';
import { Command } from 'commander';
import { type HelpAsked, parseFlags, wholeNumber } from './parse-flags.js';
import { fromRaw, type RunFlags } from './run-flags.js';
import { declareShared, type Refused, refuseFlags } from './shared-flags.js';
import { usageError } from './show-failure.js';

/** The flags of `ratchet adhoc`, parsed; names and meanings are those of Ansible's `ansible`. */
export interface AdhocFlags {
  /** Those that it shares with `ratchet run`; no playbooks. */
  readonly run: RunFlags;
  readonly pattern: string;
  readonly module: string;
  /** Words (`a=b`), free text, or a mapping in JSON. */
  readonly args: string;
  readonly oneLine: boolean;
  /** Relative paths, roles and group_vars start here; absent: the current folder. */
  readonly playbookDir?: string;
  /** Seconds. */
  readonly taskTimeout?: number;
  /** Seconds that the task may take in the background, and between two looks at it. */
  readonly background?: { readonly seconds: number; readonly poll: number };
}

const REFUSED: readonly Refused[] = [
  ['-t, --tree <folder>', 'tree', 'Every run keeps a journal: ratchet runs show RUN --json prints its results.'],
];

const DEFAULT_POLL_SECONDS = 15;

/** Modules that do nothing without text. */
const NEED_ARGS = ['command', 'shell', 'raw', 'script', 'win_command', 'win_shell'];

/** A module's name without its collection. */
export const shortName = (module: string): string =>
  module.replace(/^(?:ansible\.(?:builtin|legacy|windows)|community\.windows)\./, '');

const declare = (): Command => {
  const command = declareShared(
    new Command('ratchet adhoc').argument('[pattern]', 'hosts: names, groups, patterns with commas between'),
  )
    .option('-m, --module-name <module>', 'the module to run', 'command')
    .option('-a, --args <args>', 'its parameters: "a=b c=d", free text, or JSON', '')
    .option('-o, --one-line', 'a line for each host', false)
    .option('-B, --background <seconds>', 'start it in the background and wait at most so long', wholeNumber('-B'))
    .option('-P, --poll <seconds>', 'with -B: seconds between two looks (15)', wholeNumber('--poll'))
    .option('--task-timeout <seconds>', 'end the task after so long', wholeNumber('--task-timeout'))
    .option('--playbook-dir <folder>', 'paths, roles and group_vars start here')
    .helpOption('-h, --help', 'print this help')
    .allowExcessArguments(false);
  for (const [flags, , why] of REFUSED) command.option(flags, `refused: ${why.split(':')[0]}`);
  return command;
};

const wrong = (message: string, hint?: string): RatchetError =>
  new RatchetError('option-invalid', message, hint === undefined ? {} : { hint });

const checkTask = (module: string, args: string): void => {
  if (shortName(module) === 'import_playbook') throw wrong('import_playbook is no task.', 'Use ratchet run.');
  if (args === '' && NEED_ARGS.includes(shortName(module)))
    throw wrong(`The module ${module} was given nothing to run.`, 'Give it with -a.');
};

/** Parses the arguments after `ratchet adhoc`. Throws `usage` and `option-invalid` errors; `--help` gives the text. */
export const parseAdhocFlags = (given: readonly string[]): AdhocFlags | HelpAsked => {
  const parsed = parseFlags(declare(), given);
  if ('help' in parsed) return parsed;
  const { raw } = parsed;
  refuseFlags(raw);
  refuseFlags(raw, REFUSED);
  const [pattern] = parsed.args;
  if (pattern === undefined) throw usageError('Name the hosts.', 'adhoc');
  const module = raw['moduleName'] as string;
  const args = (raw['args'] as string).trim();
  const run = fromRaw([], raw);
  if (run.listings.length === 0) checkTask(module, args);
  const seconds = raw['background'] as number | undefined;
  return {
    run,
    pattern,
    module,
    args,
    oneLine: raw['oneLine'] === true,
    ...(raw['playbookDir'] === undefined ? {} : { playbookDir: raw['playbookDir'] as string }),
    ...(raw['taskTimeout'] === undefined ? {} : { taskTimeout: raw['taskTimeout'] as number }),
    ...(seconds === undefined
      ? {}
      : { background: { seconds, poll: (raw['poll'] as number | undefined) ?? DEFAULT_POLL_SECONDS } }),
  };
};
