import { isatty } from 'node:tty';
import { RatchetError, Secrets } from '@ratchet/core';
import type { PromptInput } from './ask-password.js';
import type { RunSurroundings } from './run-command.js';
import type { HelpAsked } from './run-flags.js';
import { showFailure } from './show-failure.js';

/** A command with its arguments parsed. */
export interface ReadyCommand {
  readonly verbosity: number;
  /** Does it and gives the exit code; what it throws is told on standard error. */
  run(around: RunSurroundings): Promise<number>;
}

/** Parses the arguments after a command's name; `--help` gives its text. */
export type ShellCommand = (args: readonly string[]) => HelpAsked | ReadyCommand;

/** What writing says where nobody reads any more: a closed pipe (`| head`), a terminal that is gone. */
const NOBODY_READS: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO']);

/** A reader that leaves must not end a run half way: later output is dropped quietly. */
const ignoreLostReader = (stream: NodeJS.WriteStream): void => {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!NOBODY_READS.has(error.code)) throw error;
  });
};

/** The first Ctrl-C (or end of the terminal) stops the run in order, the second one kills the process. */
const abortOnInterrupt = (controller: AbortController): (() => void) => {
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const first = (): void => {
    for (const name of names) process.off(name, first);
    process.stderr.write(
      '\nInterrupted: closing the connections; what is in flight stays undecided. Press Ctrl-C again to kill.\n',
    );
    controller.abort(new RatchetError('interrupted', 'The run was interrupted.'));
  };
  for (const name of names) process.on(name, first);
  return () => {
    for (const name of names) process.off(name, first);
  };
};

const STANDARD_INPUT = 0;

/** Standard input, opened by Node only once somebody reads it: most commands never do. */
const standardInput: PromptInput = {
  get isTTY() {
    return isatty(STANDARD_INPUT);
  },
  get readableEnded() {
    return process.stdin.readableEnded;
  },
  setRawMode: (on) => process.stdin.isTTY && process.stdin.setRawMode(on),
  on: (event: string, listener: (chunk: Buffer) => void) => process.stdin.on(event, listener),
  off: (event: string, listener: (chunk: Buffer) => void) => process.stdin.off(event, listener),
  resume: () => process.stdin.resume(),
  pause: () => process.stdin.pause(),
};

/** A command on the real process: gives the exit code; every failure is told on standard error. */
export const runFromShell = async (command: ShellCommand, args: readonly string[]): Promise<number> => {
  const secrets = new Secrets();
  const controller = new AbortController();
  ignoreLostReader(process.stdout);
  ignoreLostReader(process.stderr);
  const release = abortOnInterrupt(controller);
  let verbosity = 0;
  const tell = (thrown: unknown): number => {
    const { text, exitCode } = showFailure(thrown, secrets, verbosity);
    process.stderr.write(text);
    return exitCode;
  };
  // What escapes every handler (a fault in a timer or a stream) still ends with one message and 250.
  process.once('uncaughtException', (thrown) => process.exit(tell(thrown)));
  try {
    const ready = command(args);
    if ('help' in ready) {
      process.stdout.write(ready.help);
      return 0;
    }
    verbosity = ready.verbosity;
    const { stdout, stderr, env } = process;
    return await ready.run({
      stdin: standardInput,
      stdout,
      stderr,
      env,
      secrets,
      signal: controller.signal,
      cwd: process.cwd(),
    });
  } catch (thrown) {
    return tell(thrown);
  } finally {
    release();
  }
};
