import type { RunEvent, Secrets, StampedEvent } from '@ratchet/core';
import type { Journal } from './journal.js';

/** Stamps, masks, journals and shows the events of a run. */
export interface EventSink {
  /** On disk first, then shown (unless a hold is on). */
  emit(event: RunEvent): Promise<void>;
  /** Shows a warning about a host, also where the journal cannot be written any more. */
  warn(host: string, message: string): Promise<void>;
  /** Shows nothing until `release`, which shows the held events sorted by the order given. */
  hold(): { release(order: (event: RunEvent) => number): void };
}

// Words and identities of our own: a secret that happens to look like one must not change what an event is.
const OURS: ReadonlySet<string> = new Set(['type', 'outcome', 'step', 'task', 'host', 'run', 'hosts']);

const masked = (event: RunEvent, secrets: Secrets): RunEvent =>
  Object.fromEntries(
    Object.entries(event).map(([key, value]) => [key, OURS.has(key) ? value : secrets.maskDeep(value)]),
  ) as unknown as RunEvent;

/** The sink of one run, whose events are numbered from `last + 1`: `journal` waits for the disk, `show` is told after it. */
export const eventSink = (
  journal: Journal | undefined,
  secrets: Secrets,
  show: (event: StampedEvent) => void,
  clock: () => Date,
  last = 0,
): EventSink => {
  let seq = last;
  let held: StampedEvent[] | undefined;
  const stamp = (event: RunEvent): StampedEvent => {
    seq += 1;
    return { ...masked(event, secrets), seq, at: clock().toISOString() };
  };
  const tell = (event: StampedEvent): void => {
    if (held) held.push(event);
    else show(event);
  };
  return {
    emit: async (event) => {
      const stamped = stamp(event);
      if (journal) await journal.append(stamped);
      tell(stamped);
    },
    warn: async (host, message) => {
      const stamped = stamp({ type: 'warning', host, message });
      await Promise.allSettled(journal ? [journal.append(stamped)] : []);
      tell(stamped);
    },
    hold: () => {
      const mine: StampedEvent[] = [];
      held = mine;
      return {
        release: (order) => {
          held = undefined;
          const ranked = mine.map((event, index) => ({ event, index, rank: order(event) }));
          ranked.sort((a, b) => a.rank - b.rank || a.index - b.index);
          for (const { event } of ranked) show(event);
        },
      };
    },
  };
};
