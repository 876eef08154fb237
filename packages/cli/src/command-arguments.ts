import type { Command } from 'commander';
import { collect, countUp, type HelpAsked, parseFlags } from './parse-flags.js';
import { type OutputKind, outputKind } from './run-flags.js';

export { collect } from './parse-flags.js';

/** What a command line gave: its words, and its options by their long names. */
export interface Arguments {
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a command asks for again, since no journal and no plan holds it, and how it tells what it does. */
export interface CommonFlags {
  readonly extraVars: readonly string[];
  readonly askPass: boolean;
  readonly askVaultPass: boolean;
  readonly vaultIds: readonly string[];
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
    .option('--vault-id <id>', 'vault password: label@file, label@prompt (repeatable)', collect, [])
    .option('--vault-password-file <file>', 'file with the vault password (repeatable)', collect, [])
    .option('-D, --diff', 'show every change before and after', false)
    .option('-v, --verbose', 'show results; -vvv also stacks of faults', countUp, 0)
    .option('--output <kind>', 'tty, plain, json or ndjson', outputKind);

/** The options of `CommonFlags` from a command line. */
export const commonFlags = ({ options }: Arguments): CommonFlags => ({
  extraVars: options['extraVars'] as readonly string[],
  askPass: options['askPass'] === true,
  askVaultPass: options['askVaultPass'] === true,
  vaultIds: options['vaultId'] as readonly string[],
  vaultPasswordFiles: options['vaultPasswordFile'] as readonly string[],
  diff: options['diff'] === true,
  verbosity: options['verbose'] as number,
  ...(options['output'] === undefined ? {} : { output: options['output'] as OutputKind }),
});

/** Parses the arguments after a command's name. Throws `usage` errors; `--help` gives the text instead. */
export const parseArguments = (declared: Command, args: readonly string[]): Arguments | HelpAsked => {
  const parsed = parseFlags(declared.helpOption('-h, --help', 'print this help').allowExcessArguments(false), args);
  return 'help' in parsed ? parsed : { words: parsed.args, options: parsed.raw };
};
