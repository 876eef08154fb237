import { Command, CommanderError } from 'commander';
import type { HelpAsked } from './run-flags.js';
import { usageError } from './show-failure.js';

/** `ratchet runs` lists; `ratchet runs show RUN` tells one. */
export interface RunsFlags {
  readonly show?: string;
  readonly host?: string;
  readonly json: boolean;
}

/** Parses the arguments after `ratchet runs`. Throws `usage` errors; `--help` gives the text instead of flags. */
export const parseRunsFlags = (args: readonly string[]): RunsFlags | HelpAsked => {
  let help = '';
  const command = new Command('ratchet runs')
    .usage('[options] | show RUN [--host HOST]')
    .argument('[action]', '"show" for one run; without it all runs are listed')
    .argument('[run]', 'id of the run, or its beginning')
    .option('--host <host>', 'only this host')
    .option('--json', 'as JSON', false)
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
  const [action, run] = command.args;
  if (action !== undefined && action !== 'show')
    throw usageError(`ratchet runs has no action "${action}"; it has "show".`);
  if (action === 'show' && run === undefined) throw usageError('Name the run: ratchet runs show RUN.');
  const { host, json } = command.opts<{ readonly host?: string; readonly json: boolean }>();
  return { json, ...(run === undefined ? {} : { show: run }), ...(host === undefined ? {} : { host }) };
};
