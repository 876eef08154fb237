import {
  exitCodeOf,
  RatchetError,
  RatchetErrors,
  type Secrets,
  showError,
  stackOf,
  toRatchetError,
  worstExitCode,
} from '@ratchet/core';
import { STACK_VERBOSITY, visible } from '@ratchet/report';

/** What to print for something thrown, masked, and the exit code it stands for. */
export interface ShownFailure {
  readonly text: string;
  readonly exitCode: number;
}

/** All errors of a failure as text; stacks only from `-vvv` on. */
export const showFailure = (thrown: unknown, secrets: Secrets, verbosity: number): ShownFailure => {
  const errors: readonly RatchetError[] = thrown instanceof RatchetErrors ? thrown.errors : [toRatchetError(thrown)];
  const texts = errors.map((error) =>
    verbosity >= STACK_VERBOSITY ? `${showError(error)}\n${stackOf(error)}` : showError(error),
  );
  return {
    text: `${visible(secrets.mask(texts.join('\n\n')))}\n`,
    exitCode: worstExitCode(errors.map((error) => exitCodeOf(error.code))),
  };
};

/** A wrong use of the command line (exit code 2), with where to read on. */
export const usageError = (message: string, command = 'run'): RatchetError =>
  new RatchetError('usage', message, { hint: `See "ratchet ${command} --help".` });
