import { Command } from 'commander';
import { type CommonFlags, collect, commonFlags, declareCommon, parseArguments } from './command-arguments.js';
import type { HelpAsked } from './run-flags.js';
import { usageError } from './show-failure.js';

/** The flags of `ratchet rollback`. */
export interface RollbackFlags extends CommonFlags {
  readonly run: string;
  readonly limit?: string;
  /** Only show what would be taken back. */
  readonly plan: boolean;
  /** Take back what somebody else has changed since, too. */
  readonly force: boolean;
  readonly inventory: readonly string[];
}

const declare = (): Command =>
  declareCommon(
    new Command('ratchet rollback')
      .argument('[run]', 'id of the run, or its beginning')
      .option('-l, --limit <pattern>', 'only the hosts that match')
      .option('--plan', 'change nothing; show what would be taken back', false)
      .option('--force', 'take back what somebody else has changed since, too', false)
      .option('-i, --inventory <source>', "another inventory than the run's (repeatable)", collect, []),
  );

/** Parses the arguments after `ratchet rollback`. Throws `usage` errors; `--help` gives the text instead of flags. */
export const parseRollbackFlags = (args: readonly string[]): RollbackFlags | HelpAsked => {
  const parsed = parseArguments(declare(), args);
  if ('help' in parsed) return parsed;
  const { words, options } = parsed;
  const [run] = words;
  if (run === undefined)
    throw usageError('Name the run to take back: ratchet rollback RUN (ratchet runs lists them).', 'rollback');
  const common = commonFlags(parsed);
  return {
    ...common,
    run,
    plan: options['plan'] === true,
    force: options['force'] === true,
    inventory: options['inventory'] as readonly string[],
    diff: common.diff || options['plan'] === true,
    ...(options['limit'] === undefined ? {} : { limit: options['limit'] as string }),
  };
};
