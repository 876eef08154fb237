import type { Change, StampedEvent } from '@ratchet/core';

/** The changes that a step of a past run was about to make, and the backup that restores what they found. */
export interface RecordedIntent {
  readonly step: string;
  readonly host: string;
  readonly changes: readonly Change[];
  readonly backup?: string;
}

/**
 * Steps that changed a host, or may have, in a way that the journal holds no before-values of: files, and commands but for those that ended and
 * said that they changed nothing.
 */
export const changedUnread = (
  events: readonly StampedEvent[],
): readonly { readonly step: string; readonly host: string }[] => {
  const found = new Map<string, { readonly step: string; readonly host: string }>();
  for (const event of events) {
    if (event.type === 'step_applying' && event.changes.length === 0) found.set(event.step, event);
    if (event.type !== 'step_finished') continue;
    if (event.outcome === 'changed' && event.changes.length === 0) found.set(event.step, event);
    else if (event.outcome === 'ok') found.delete(event.step);
  }
  return [...found.values()].map(({ step, host }) => ({ step, host }));
};

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
