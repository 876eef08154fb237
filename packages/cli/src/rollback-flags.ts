import { Command, CommanderError } from 'commander';
import { type HelpAsked, OUTPUTS, type OutputKind } from './run-flags.js';
import { usageError } from './show-failure.js';

/** The flags of `ratchet rollback`. */
export interface RollbackFlags {
  readonly run: string;
  readonly limit?: string;
  /** Only show what would be taken back. */
  readonly plan: boolean;
  /** Take back what somebody else has changed since, too. */
  readonly force: boolean;
  readonly inventory: readonly string[];
  readonly extraVars: readonly string[];
  readonly askPass: boolean;
  readonly askVaultPass: boolean;
  readonly vaultPasswordFiles: readonly string[];
  readonly diff: boolean;
  readonly verbosity: number;
  readonly output?: OutputKind;
}

const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

const outputKind = (value: string): OutputKind => {
  const known = OUTPUTS.find((output) => output === value);
  if (!known) throw usageError(`--output takes ${OUTPUTS.join(', ')}, not "${value}".`);
  return known;
};

const declare = (): Command =>
  new Command('ratchet rollback')
    .argument('[run]', 'id of the run, or its beginning')
    .option('-l, --limit <pattern>', 'only the hosts that match')
    .option('--plan', 'change nothing; show what would be taken back', false)
    .option('--force', 'take back what somebody else has changed since, too', false)
    .option('-i, --inventory <source>', "another inventory than the run's (repeatable)", collect, [])
    .option('-e, --extra-vars <vars>', 'secret variables again: k=v, JSON or @file (repeatable)', collect, [])
    .option('-k, --ask-pass', 'ask for the SSH password', false)
    .option('-J, --ask-vault-pass', 'ask for the vault password', false)
    .option('--vault-password-file <file>', 'file with the vault password (repeatable)', collect, [])
    .option('-D, --diff', 'show every change before and after', false)
    .option('-v, --verbose', 'show results; -vvv also stacks of faults', (_: unknown, count: number) => count + 1, 0)
    .option('--output <kind>', 'tty, plain, json or ndjson', outputKind)
    .helpOption('-h, --help', 'print this help')
    .allowExcessArguments(false);

/** Parses the arguments after `ratchet rollback`. Throws `usage` errors; `--help` gives the text instead of flags. */
export const parseRollbackFlags = (args: readonly string[]): RollbackFlags | HelpAsked => {
  let help = '';
  const writeOut = (text: string): void => {
    help += text;
  };
  const command = declare()
    .exitOverride()
    .configureOutput({ writeOut, writeErr: () => undefined });
  try {
    command.parse([...args], { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.code === 'commander.helpDisplayed') return { help };
    throw usageError(thrown.message.replace(/^error: /, ''));
  }
  const [run] = command.args;
  if (run === undefined) throw usageError('Name the run to take back: ratchet rollback RUN (ratchet runs lists them).');
  const raw = command.opts<Record<string, unknown>>();
  return {
    run,
    plan: raw['plan'] === true,
    force: raw['force'] === true,
    inventory: raw['inventory'] as readonly string[],
    extraVars: raw['extraVars'] as readonly string[],
    askPass: raw['askPass'] === true,
    askVaultPass: raw['askVaultPass'] === true,
    vaultPasswordFiles: raw['vaultPasswordFile'] as readonly string[],
    diff: raw['diff'] === true || raw['plan'] === true,
    verbosity: raw['verbose'] as number,
    ...(raw['limit'] === undefined ? {} : { limit: raw['limit'] as string }),
    ...(raw['output'] === undefined ? {} : { output: raw['output'] as OutputKind }),
  };
};
