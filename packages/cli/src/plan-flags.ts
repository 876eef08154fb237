import { Command } from 'commander';
import { type CommonFlags, commonFlags, declareCommon, parseArguments } from './command-arguments.js';
import { type HelpAsked, parseRunFlags, type RunFlags } from './run-flags.js';
import { usageError } from './show-failure.js';

/** The flags of `ratchet plan`: those of `ratchet run`, and its own. */
export interface PlanFlags {
  readonly run: RunFlags;
  /** The file to save the plan in. */
  readonly out?: string;
  readonly detailedExitCode: boolean;
  /** The check's own output is shown, too. */
  readonly verbose: boolean;
}

/** The flags of `ratchet apply`. */
export interface ApplyFlags extends CommonFlags {
  readonly plan: string;
}

const OWN_HELP = `
Of ratchet plan alone:
  --out <file>            save the plan, for ratchet apply
  --detailed-exitcode     end with 0: nothing to change, 2: changes, 1: anything else
`;

/** Parses the arguments after `ratchet plan`. Throws `usage` errors; `--help` gives the text instead of flags. */
export const parsePlanFlags = (args: readonly string[]): PlanFlags | HelpAsked => {
  const rest: string[] = [];
  let out: string | undefined;
  let detailedExitCode = false;
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] as string;
    if (arg === '--out' || arg.startsWith('--out=')) {
      out = arg === '--out' ? args[++index] : arg.slice('--out='.length);
      if (out === undefined || out === '') throw usageError('--out takes the file to save the plan in.', 'plan');
    } else if (arg === '--detailed-exitcode') detailedExitCode = true;
    else rest.push(arg);
  }
  const run = parseRunFlags(rest);
  if ('help' in run) return { help: run.help.replace('ratchet run', 'ratchet plan') + OWN_HELP };
  return { run, detailedExitCode, verbose: run.verbosity > 0, ...(out === undefined ? {} : { out }) };
};

/** Parses the arguments after `ratchet apply`. Throws `usage` errors; `--help` gives the text instead of flags. */
export const parseApplyFlags = (args: readonly string[]): ApplyFlags | HelpAsked => {
  const declared = declareCommon(new Command('ratchet apply').argument('[plan]', 'file that ratchet plan --out wrote'));
  const parsed = parseArguments(declared, args);
  if ('help' in parsed) return parsed;
  const [plan] = parsed.words;
  if (plan === undefined) throw usageError('Name the plan to apply: ratchet apply FILE.', 'apply');
  return { ...commonFlags(parsed), plan };
};
