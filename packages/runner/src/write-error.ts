import { RatchetError } from '@ratchet/core';

/**
 * The error for something of the controller's own that cannot be written. `run`: the run that has begun, which goes on with `resume`; a run
 * that has not begun is begun again.
 */
export const writeError = (what: string, cause: unknown, run?: string): RatchetError =>
  new RatchetError('journal-write', `${what}: ${(cause as Error).message}`, {
    hint:
      run === undefined
        ? 'Free space or make the folder writable, then run again; no host was changed.'
        : `Free space or make the folder writable, then go on with: ratchet resume ${run}. No host is changed before its intent is on disk.`,
    cause,
  });
