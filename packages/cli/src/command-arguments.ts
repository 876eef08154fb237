import { type Command, CommanderError } from 'commander';
import { type HelpAsked, OUTPUTS, type OutputKind } from './run-flags.js';
import { usageError } from './show-failure.js';

/** What a command line gave: its words, and its options by their long names. */
export interface Arguments {
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** For options that may be given several times. */
export const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

/** The value of `--output`. */
export const outputKind = (value: string): OutputKind => {
  const known = OUTPUTS.find((output) => output === value);
  if (!known) throw usageError(`--output takes ${OUTPUTS.join(', ')}, not "${value}".`);
  return known;
};

/** What a command asks for again, since no journal and no plan holds it, and how it tells what it does. */
export interface CommonFlags {
  readonly extraVars: readonly string[];
  readonly askPass: boolean;
  readonly askVaultPass: boolean;
  readonly vaultPasswordFiles: readonly string[];
  readonly diff: boolean;
  readonly verbosity: number;
  readonly output?: OutputKind;
}

/** Declares the options of `CommonFlags`. */
export const declareCommon = (command: Command): Command =>
  command
    .option('-e, --extra-vars <vars>', 'secret variables again: k=v, JSON or @file (repeatable)', collect, [])
    .option('-k, --ask-pass', 'ask for the SSH password', false)
    .option('-J, --ask-vault-pass', 'ask for the vault password', false)
    .option('--vault-password-file <file>', 'file with the vault password (repeatable)', collect, [])
    .option('-D, --diff', 'show every change before and after', false)
    .option('-v, --verbose', 'show results; -vvv also stacks of faults', (_: unknown, count: number) => count + 1, 0)
    .option('--output <kind>', 'tty, plain, json or ndjson', outputKind);

/** The options of `CommonFlags` from a command line. */
export const commonFlags = ({ options }: Arguments): CommonFlags => ({
  extraVars: options['extraVars'] as readonly string[],
  askPass: options['askPass'] === true,
  askVaultPass: options['askVaultPass'] === true,
  vaultPasswordFiles: options['vaultPasswordFile'] as readonly string[],
  diff: options['diff'] === true,
  verbosity: options['verbose'] as number,
  ...(options['output'] === undefined ? {} : { output: options['output'] as OutputKind }),
});

/** Parses the arguments after a command's name. Throws `usage` errors; `--help` gives the text instead. */
export const parseArguments = (declared: Command, args: readonly string[]): Arguments | HelpAsked => {
  let help = '';
  const writeOut = (text: string): void => {
    help += text;
  };
  const command = declared
    .helpOption('-h, --help', 'print this help')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut, writeErr: () => undefined });
  try {
    command.parse([...args], { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.code === 'commander.helpDisplayed') return { help };
    throw usageError(thrown.message.replace(/^error: /, ''));
  }
  return { words: command.args, options: command.opts<Record<string, unknown>>() };
};
