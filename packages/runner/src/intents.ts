import type { Change, StampedEvent } from '@ratchet/core';

/** The changes that a step of a past run was about to make, and the backup that restores what they found. */
export interface RecordedIntent {
  readonly step: string;
  readonly host: string;
  readonly changes: readonly Change[];
  readonly backup?: string;
}

/**
 * What a run meant to change, in its order: intents, not ends, since a run that was killed may have made a change that it never
 * wrote down as made.
 */
export const recordedIntents = (events: readonly StampedEvent[]): readonly RecordedIntent[] =>
  events.flatMap((event): RecordedIntent[] =>
    event.type === 'step_applying'
      ? [
          {
            step: event.step,
            host: event.host,
            changes: event.changes,
            ...(event.backup === undefined ? {} : { backup: event.backup }),
          },
        ]
      : [],
  );
