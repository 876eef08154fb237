import { PassThrough } from 'node:stream';
import { type Change, Secrets, type StampedEvent, showChange } from '@ratchet/core';
import { type RunSurroundings, runCommand } from '../run-command.js';
import { parseRunFlags } from '../run-flags.js';
import { showFailure } from '../show-failure.js';

/** What a run printed and ended with. */
export interface RunOutput {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `ratchet run` in this process as from a shell whose output is a file; `.ratchet` is made in `cwd`. */
export const ratchetRun = async (
  cwd: string,
  args: readonly string[],
  signal: RunSurroundings['signal'] = new AbortController().signal,
): Promise<RunOutput> => {
  let out = '';
  let err = '';
  const secrets = new Secrets();
  const stdout = { write: (text: string) => (out += text) };
  const stderr = { write: (text: string) => (err += text) };
  try {
    const flags = parseRunFlags(args);
    if ('help' in flags) return { code: 0, out: flags.help, err };
    const code = await runCommand(flags, { stdin: new PassThrough(), stdout, stderr, env: {}, secrets, signal, cwd });
    return { code, out, err };
  } catch (thrown) {
    const { text, exitCode } = showFailure(thrown, secrets, 0);
    return { code: exitCode, out, err: err + text };
  }
};

/** The events of a run with `--output ndjson`. */
export const eventsOf = (run: RunOutput): readonly StampedEvent[] =>
  run.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as StampedEvent);

/** Every (host, path, name, before, after) that a run made or would make, sorted, as text. */
export const registryChangesOf = (run: RunOutput): readonly string[] =>
  eventsOf(run)
    .flatMap((event) =>
      event.type === 'step_finished' ? event.changes.map((change): [string, Change] => [event.host, change]) : [],
    )
    .filter(([, change]) => change.kind === 'registry-value')
    .map(([host, change]) => `${host} ${showChange(change)}`)
    .sort();
