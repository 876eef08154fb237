import { Command } from 'commander';
import { type CommonFlags, collect, commonFlags, declareCommon, parseArguments } from './command-arguments.js';
import type { HelpAsked } from './run-flags.js';

/** The flags of `ratchet resume`: which run, what to do with undecided steps, and what the journal does not hold. */
export interface ResumeFlags extends CommonFlags {
  readonly run?: string;
  readonly redo: readonly string[];
  readonly skip: readonly string[];
  readonly acceptChanges: boolean;
}

const declare = (): Command =>
  declareCommon(
    new Command('ratchet resume')
      .argument('[run]', 'id of the run, or its beginning; the last unfinished one by default')
      .option('--redo <step>', 'run this step again although it may have run (repeatable)', collect, [])
      .option('--skip <step>', 'go on without this step (repeatable)', collect, [])
      .option('--accept-changes', 'go on although playbooks or inventory have changed since', false),
  );

/** Parses the arguments after `ratchet resume`. Throws `usage` errors; `--help` gives the text instead of flags. */
export const parseResumeFlags = (args: readonly string[]): ResumeFlags | HelpAsked => {
  const parsed = parseArguments(declare(), args);
  if ('help' in parsed) return parsed;
  const [run] = parsed.words;
  return {
    ...commonFlags(parsed),
    ...(run === undefined ? {} : { run }),
    redo: parsed.options['redo'] as readonly string[],
    skip: parsed.options['skip'] as readonly string[],
    acceptChanges: parsed.options['acceptChanges'] === true,
  };
};
