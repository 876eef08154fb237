import { setTimeout as delay } from 'node:timers/promises';
import { RatchetError, sourceError, toPlain } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import type { Templar } from '@ratchet/template';
import { failedResult, type StepResult } from './results.js';

type Work = (cut: AbortSignal | undefined) => Promise<StepResult>;

const deadline = async (what: string, work: Work, seconds: number | undefined): Promise<StepResult> => {
  if (seconds === undefined || seconds <= 0) return work(undefined);
  const cut = new AbortController();
  const stop = new AbortController();
  const late = delay(seconds * 1000, undefined, { signal: stop.signal }).then(() => {
    // A turn later, so that the deadline is the reason that is told.
    setImmediate(() => cut.abort());
    throw new RatchetError(
      'timeout',
      `The ${what} action failed to execute in the expected time frame: it did not end within ${seconds} s.`,
      {
        hint: 'What it started on the host may still be running; look before running it again.',
      },
    );
  });
  try {
    const begun = work(cut.signal);
    begun.catch(() => undefined);
    return await Promise.race([begun, late]);
  } finally {
    stop.abort();
    late.catch(() => undefined);
  }
};

/** The seconds that `async` gives a task; undefined where it does not. Throws `not-supported` for a `poll` that comes to 0. */
const asyncSeconds = (templar: Templar, { async: patience, position, keywordPositions }: Task): number | undefined => {
  if (!patience) return undefined;
  const seconds = Number(toPlain(templar.finish(patience.seconds)));
  if (!(seconds > 0)) return undefined;
  if (Number(toPlain(templar.finish(patience.poll))) > 0) return seconds;
  throw sourceError(
    'not-supported',
    'poll comes to 0: nobody would wait for this task.',
    keywordPositions.get('poll') ?? position,
  );
};

// What ansible-core's async_status says of a job that has ended.
const ENDED = { started: 1, finished: 1 };

/**
 * Runs the work of a step within the task's `timeout` (seconds) and its `async`, which is waited for: what is not done by then fails.
 */
export const inTime = async (
  templar: Templar,
  task: Task,
  timeout: number | undefined,
  work: Work,
): Promise<StepResult> => {
  const patience = asyncSeconds(templar, task);
  if (patience === undefined) return deadline(task.action.name, work, timeout);
  try {
    const result = await deadline(task.action.name, work, Math.min(patience, timeout || patience));
    return { ...result, values: { ...result.values, ...ENDED } };
  } catch (thrown) {
    if (!(thrown instanceof RatchetError && thrown.code === 'timeout') || (timeout || patience) < patience)
      throw thrown;
    const message = `async task did not complete within the requested time - ${patience}s`;
    return failedResult(new RatchetError('timeout', message, { hint: thrown.hint, cause: thrown }), { changed: false });
  }
};
