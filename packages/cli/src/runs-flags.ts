import { Command } from 'commander';
import { parseArguments } from './command-arguments.js';
import type { HelpAsked } from './run-flags.js';
import { usageError } from './show-failure.js';

/** `ratchet runs` lists; `ratchet runs show RUN` tells one. */
export interface RunsFlags {
  readonly show?: string;
  readonly host?: string;
  readonly json: boolean;
}

const declare = (): Command =>
  new Command('ratchet runs')
    .usage('[options] | show RUN [--host HOST]')
    .argument('[action]', '"show" for one run; without it all runs are listed')
    .argument('[run]', 'id of the run, or its beginning')
    .option('--host <host>', 'only this host')
    .option('--json', 'as JSON', false);

/** Parses the arguments after `ratchet runs`. Throws `usage` errors; `--help` gives the text instead of flags. */
export const parseRunsFlags = (args: readonly string[]): RunsFlags | HelpAsked => {
  const parsed = parseArguments(declare(), args);
  if ('help' in parsed) return parsed;
  const [action, run] = parsed.words;
  const { host, json } = parsed.options;
  if (action !== undefined && action !== 'show')
    throw usageError(`ratchet runs has no action "${action}"; it has "show".`, 'runs');
  if (action === 'show' && run === undefined) throw usageError('Name the run: ratchet runs show RUN.', 'runs');
  return {
    json: json === true,
    ...(run === undefined ? {} : { show: run }),
    ...(typeof host === 'string' ? { host } : {}),
  };
};
