import { RatchetError, toRatchetError } from '@ratchet/core';

/** Throws `interrupted` once Ctrl-C was pressed. */
export const stopIfInterrupted = (signal: AbortSignal): void => {
  if (signal.aborted)
    throw new RatchetError('interrupted', 'The run was interrupted.', {
      hint: 'Go on with "ratchet resume" (a check, or a task of ratchet adhoc: give the command again).',
    });
};

/**
 * What a step failed with, as its result. Throws what stops the whole run: a journal that cannot be written, and an interrupt:
 * Ctrl-C cuts the connections, so whatever failed after it failed because of it, and its step stays undecided in the journal.
 */
export const failureOfStep = (thrown: unknown, signal: AbortSignal): RatchetError => {
  const failure = toRatchetError(thrown);
  if (failure.code === 'journal-write') throw failure;
  stopIfInterrupted(signal);
  if (failure.code === 'interrupted') throw failure;
  return failure;
};
