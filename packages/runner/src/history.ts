import type { Change, Failure, Outcome, StampedEvent } from '@ratchet/core';

/** What a journal says of one step. */
export interface RecordedStep {
  readonly step: string;
  readonly host: string;
  /** 'begun': looked at, nothing sent that changes the host. 'applying': its intent is on disk and its end is not. */
  readonly state: 'begun' | 'applying' | 'finished';
  /** The intended changes of an 'applying' step, those made of a 'finished' one. */
  readonly changes: readonly Change[];
  /** Every intent that was on disk before the step ended, the first one first. */
  readonly intents: readonly { readonly changes: readonly Change[]; readonly backup?: string }[];
  readonly outcome?: Outcome;
  readonly failure?: Failure;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly facts?: Readonly<Record<string, unknown>>;
  /** The result was not written down (no_log, or a secret in it). */
  readonly withheld: boolean;
}

/** The steps of a run that is to be continued. */
export interface History {
  step(id: string): RecordedStep | undefined;
  /** Whether the end of this task on this host is in the journal. */
  taskFinished(play: string, task: string, host: string): boolean;
  readonly steps: ReadonlyMap<string, RecordedStep>;
}

const opened = (event: { readonly step: string; readonly host: string }): RecordedStep => ({
  step: event.step,
  host: event.host,
  state: 'begun',
  changes: [],
  intents: [],
  withheld: false,
});

// An unreachable host did not take part: its step is open, as it was before the connection broke.
const closed = (
  before: RecordedStep,
  event: Extract<StampedEvent, { readonly type: 'step_finished' }>,
): RecordedStep =>
  event.outcome === 'unreachable'
    ? before
    : {
        ...before,
        state: 'finished',
        changes: event.changes,
        outcome: event.outcome,
        withheld: event.withheld === true,
        ...(event.failure ? { failure: event.failure } : {}),
        ...(event.result ? { result: event.result } : {}),
        ...(event.facts ? { facts: event.facts } : {}),
      };

/** What a journal's events say of each step; a later event of a step replaces what an earlier one said. */
export const historyOf = (events: readonly StampedEvent[]): History => {
  const steps = new Map<string, RecordedStep>();
  const tasks = new Set<string>();
  for (const event of events) {
    if (event.type === 'step_started') {
      // An until loop and a resumed step begin again; an intent that is on disk is not forgotten.
      if (!steps.has(event.step)) steps.set(event.step, opened(event));
    } else if (event.type === 'step_retrying') {
      // What this attempt did is told and done with: the next one begins by itself.
      const before = steps.get(event.step) ?? opened(event);
      steps.set(event.step, { ...before, state: 'begun', changes: [] });
    } else if (event.type === 'step_applying') {
      const before = steps.get(event.step) ?? opened(event);
      const { changes, backup } = event;
      const intents = [...before.intents, { changes, ...(backup === undefined ? {} : { backup }) }];
      steps.set(event.step, { ...before, state: 'applying', changes, intents });
    } else if (event.type === 'step_finished') {
      steps.set(event.step, closed(steps.get(event.step) ?? opened(event), event));
    } else if (event.type === 'task_finished' && event.outcome !== 'unreachable') {
      tasks.add(`${event.play ?? ''} ${event.task} ${event.host}`);
    }
  }
  return {
    step: (id) => steps.get(id),
    taskFinished: (play, task, host) => tasks.has(`${play} ${task} ${host}`),
    steps,
  };
};

/** How many restarts of a host the run had asked for, by the intents in its journal. */
export const restartsAskedFor = (history: History | undefined, host: string): number =>
  [...(history?.steps.values() ?? [])].filter(
    (step) =>
      step.host === host && step.intents.some(({ changes }) => changes.some((change) => change.kind === 'reboot')),
  ).length;

/** Whether a batch (or a flush of handlers in it) was over for a host: the run had begun a later one. */
export const wasOver = (history: History | undefined, batch: string, host: string): boolean => {
  const batches = [...(history?.steps.values() ?? [])]
    .filter((step) => step.host === host)
    .map(({ step }) => step.slice(0, step.indexOf('/')));
  return batches.includes(batch) && batches.at(-1) !== batch;
};
