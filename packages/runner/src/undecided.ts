import { RatchetError, toRatchetError } from '@ratchet/core';
import { WithheldVariable } from './variables.js';

const hintFor = (step: string): string =>
  `Look at the host, then resume with --redo '${step}' to run it again or --skip '${step}' to go on without it.`;

/** The error with what to do about it, when its module did not know its step. */
export const undecidedAt = (step: string, error: RatchetError): RatchetError =>
  error.hint || error.code !== 'resume-undecided'
    ? error
    : new RatchetError('resume-undecided', error.message, { hint: hintFor(step), cause: error });

/** The error that stops a host at a step of which nobody can read whether it was done. */
export const undecided = (step: string, what: string): RatchetError =>
  new RatchetError('resume-undecided', what, {
    hint: hintFor(step),
  });

/** What was thrown while a step was made ready, as an error; a withheld result stops the host. */
export const readyingError = (thrown: unknown): RatchetError =>
  thrown instanceof WithheldVariable
    ? undecided(
        thrown.step,
        `The result ${thrown.variable} is needed, and the journal does not hold it (no_log, or a secret in it).`,
      )
    : toRatchetError(thrown);
