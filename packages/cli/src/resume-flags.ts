import { Command, CommanderError } from 'commander';
import { type HelpAsked, OUTPUTS, type OutputKind } from './run-flags.js';
import { usageError } from './show-failure.js';

/** The flags of `ratchet resume`: which run, what to do with undecided steps, and what the journal does not hold. */
export interface ResumeFlags {
  readonly run?: string;
  readonly redo: readonly string[];
  readonly skip: readonly string[];
  readonly acceptChanges: boolean;
  readonly extraVars: readonly string[];
  readonly askPass: boolean;
  readonly askVaultPass: boolean;
  readonly vaultPasswordFiles: readonly string[];
  readonly verbosity: number;
  readonly output?: OutputKind;
}

const collect = (value: string, previous: readonly string[]): readonly string[] => [...previous, value];

const outputKind = (value: string): OutputKind => {
  const known = OUTPUTS.find((output) => output === value);
  if (!known) throw usageError(`--output takes ${OUTPUTS.join(', ')}, not "${value}".`);
  return known;
};

/** Parses the arguments after `ratchet resume`. Throws `usage` errors; `--help` gives the text instead of flags. */
export const parseResumeFlags = (args: readonly string[]): ResumeFlags | HelpAsked => {
  let help = '';
  const command = new Command('ratchet resume')
    .argument('[run]', 'id of the run, or its beginning; the last unfinished one by default')
    .option('--redo <step>', 'run this step again although it may have run (repeatable)', collect, [])
    .option('--skip <step>', 'go on without this step (repeatable)', collect, [])
    .option('--accept-changes', 'go on although playbooks or inventory have changed since', false)
    .option('-e, --extra-vars <vars>', 'secret variables again: k=v, JSON or @file (repeatable)', collect, [])
    .option('-k, --ask-pass', 'ask for the SSH password', false)
    .option('-J, --ask-vault-pass', 'ask for the vault password', false)
    .option('--vault-password-file <file>', 'file with the vault password (repeatable)', collect, [])
    .option('-v, --verbose', 'show results; -vvv also stacks of faults', (_: unknown, count: number) => count + 1, 0)
    .option('--output <kind>', 'tty, plain, json or ndjson', outputKind)
    .helpOption('-h, --help', 'print this help')
    .allowExcessArguments(false)
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
    throw usageError(thrown.message.replace(/^error: /, ''));
  }
  const raw = command.opts<Record<string, unknown>>();
  const [run] = command.args;
  return {
    ...(run === undefined ? {} : { run }),
    redo: raw['redo'] as readonly string[],
    skip: raw['skip'] as readonly string[],
    acceptChanges: raw['acceptChanges'] === true,
    extraVars: raw['extraVars'] as readonly string[],
    askPass: raw['askPass'] === true,
    askVaultPass: raw['askVaultPass'] === true,
    vaultPasswordFiles: raw['vaultPasswordFile'] as readonly string[],
    verbosity: raw['verbose'] as number,
    ...(raw['output'] === undefined ? {} : { output: raw['output'] as OutputKind }),
  };
};
