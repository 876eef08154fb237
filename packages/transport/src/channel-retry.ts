import { setTimeout as pauseFor } from 'node:timers/promises';
import { RatchetError } from '@ratchet/core';

/** Milliseconds between attempts: a host may give a session's place back a moment after it told the session's end. */
const PAUSES = [20, 50, 100, 200, 400, 800] as const;

/** Whether the host refused to open the channel (RFC 4254, section 5.1): what was to run on it has not started. */
export const isRefusal = (error: object): boolean => 'reason' in error && error.reason !== undefined;

/** Whether the link broke before anything was asked of the host, so that the same may be asked over a new link. */
export const isUnsent = (error: unknown): boolean =>
  error instanceof RatchetError && error.details['lost'] === true && error.details['notSent'] === true;

/** Tries again, for about 1.5 s, what fails with details `{refused: true}`. */
export const whileRefused = async <T>(act: () => Promise<T>): Promise<T> => {
  for (const pause of PAUSES) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof RatchetError) || error.details['refused'] !== true) throw error;
      await pauseFor(pause);
    }
  }
  return await act();
};
