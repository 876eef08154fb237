import type { StampedEvent } from '@ratchet/core';

// What a run that lost its machine's power would find out again by reading, or only tells a person. A kill of the process
// loses none of them: they are written before the run goes on, and the next sync takes them along.
const TOLD_AGAIN: ReadonlySet<StampedEvent['type']> = new Set([
  'run_started',
  'play_started',
  'no_hosts',
  'task_started',
  'task_finished',
  'included',
  'step_started',
  'step_progress',
  'step_retrying',
  'warning',
  // What is owed stands in a file of its own for each host (`.ratchet/owed/`), which was synced before.
  'debt_noted',
]);

/**
 * Which events a journal must have on the disk itself, and not only in the hands of the operating system, before the run goes on:
 * the intent of every change and action, its end, notified handlers and settled debts, what an operator answered, and the end of the run.
 * The rule keeps in mind which steps have an intent: the end of a step that had none says only what was read.
 */
export const syncRule = (): ((event: StampedEvent) => boolean) => {
  const intended = new Set<string>();
  return (event) => {
    if (event.type === 'step_applying') intended.add(event.step);
    if (event.type === 'step_finished') return intended.delete(event.step) || event.outcome === 'changed';
    return !TOLD_AGAIN.has(event.type);
  };
};
