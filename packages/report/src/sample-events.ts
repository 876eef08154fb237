import type { RunEvent, StampedEvent } from '@ratchet/core';
import type { Renderer, RendererOptions } from './renderer.js';

/** A renderer's options that write into strings, for tests. */
export const captured = (options: Partial<RendererOptions> = {}) => {
  let out = '';
  let err = '';
  const stream = {
    write: (text: string) => {
      out += text;
    },
  };
  const errorStream = {
    write: (text: string) => {
      err += text;
    },
  };
  return {
    options: { stream, errorStream, width: 80, colour: false, diff: false, verbosity: 0, ...options },
    out: () => out,
    err: () => err,
  };
};

/** The events with numbers and a fixed time. */
export const stamped = (events: readonly RunEvent[]): readonly StampedEvent[] =>
  events.map((event, index) => ({ ...event, seq: index + 1, at: '2025-11-25T12:00:00.000Z' }));

/** Feeds the events to a renderer and lets it finish. */
export const render = async (renderer: Renderer, events: readonly RunEvent[]): Promise<void> => {
  for (const event of stamped(events)) renderer.handle(event);
  await renderer.finish();
};

const recap = { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0 };

const task = (id: string, name: string, handler = false): RunEvent => ({
  type: 'task_started',
  task: id,
  name,
  handler,
});

type TaskFinished = Extract<RunEvent, { type: 'task_finished' }>;
type StepFinished = Extract<RunEvent, { type: 'step_finished' }>;

/** A task's end with defaults for all that a test does not look at. */
export const taskFinished = (
  event: Pick<TaskFinished, 'task' | 'host' | 'outcome'> & Partial<TaskFinished>,
): TaskFinished => ({ type: 'task_finished', name: event.task, ignored: false, rescued: false, changes: [], ...event });

/** A step's end with defaults for all that a test does not look at. */
export const stepFinished = (
  event: Pick<StepFinished, 'task' | 'host' | 'outcome'> & Partial<StepFinished>,
): StepFinished => ({
  type: 'step_finished',
  step: `${event.task}@${event.host}`,
  ignored: false,
  changes: [],
  ...event,
});

/** Builders for a run's events. */
export const sample = {
  play: (name: string, hosts: readonly string[]): RunEvent => ({ type: 'play_started', play: 0, name, hosts }),
  task,
  recap: (counts: Partial<typeof recap>) => ({ ...recap, ...counts }),
  end: (
    hosts: Readonly<Record<string, typeof recap>>,
    more: Partial<Extract<RunEvent, { type: 'run_finished' }>> = {},
  ): RunEvent => ({ type: 'run_finished', run: 'r1', hosts, debts: {}, exitCode: 0, ...more }),
};
