import type { Change, RatchetError } from '@ratchet/core';
import { isLost } from './broken-link.js';
import type { PlayContext } from './contexts.js';
import type { HostState } from './host-state.js';
import { failureOfStep, stopIfInterrupted } from './interrupted.js';
import { joinedChanges } from './replay.js';
import {
  type ResourceEnvironment,
  type ResourceOutcome,
  type ResourceStep,
  runResourceSteps,
} from './resource-steps.js';
import { interruptible } from './step-context.js';

/** Milliseconds before the second attempt; each pause is twice the one before it, up to the longest. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;

/** How long a host that was reached in this run may be away, in seconds, when nothing else is said. */
export const RECONNECT_SECONDS = 60;

/** Something that is done on a host, and done again where the connection was lost and nothing can happen twice. */
export interface Attempted<Result> {
  /** Does it; a failure of the connection is in the result, not thrown. */
  attempt(): Promise<Result>;
  failureIn(result: Result): RatchetError | undefined;
  /** Whether it may be done from its beginning once more. */
  mayRepeat(failure: RatchetError): boolean;
}

/**
 * Does something on a host. Where the connection is lost (or a host that this run has reached cannot be reached), it connects again after
 * 1, 2, 4, 8 and then every 15 seconds, and does it from its beginning; the last failure is given once the host was away for too long.
 * Throws `interrupted` on Ctrl-C.
 */
export const outlast = async <Result>(
  play: PlayContext,
  host: HostState,
  signal: AbortSignal,
  { attempt, failureIn, mayRepeat }: Attempted<Result>,
): Promise<Result> => {
  const limit = (play.run.options.reconnectSeconds ?? RECONNECT_SECONDS) * 1000;
  let lostAt: number | undefined;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const result = await attempt();
    const failure = failureIn(result);
    if (failure?.code !== 'unreachable' || !mayRepeat(failure)) return result;
    if (!isLost(failure) && lostAt === undefined && !host.home) return result;
    // Ctrl-C cuts the connections itself.
    stopIfInterrupted(signal);
    lostAt ??= performance.now();
    const left = limit - (performance.now() - lostAt);
    if (left <= 0) return result;
    const wait = Math.min(pause, left);
    const message = `${failure.message} Trying again in ${Math.ceil(wait / 1000)} s; what is there is read anew.`;
    await play.run.sink.emit({ type: 'warning', host: host.name, message });
    await interruptible(wait, signal);
  }
};

/**
 * `runResourceSteps`, again from the first read where the connection was lost. What an earlier attempt had written by then is this
 * run's change, with the before-values of then. A restart that was asked for is not asked for again. Gives failures in the outcomes; throws
 * `interrupted` and `journal-write`.
 */
export const runSurely = async (
  play: PlayContext,
  host: HostState,
  steps: readonly ResourceStep[],
  env: ResourceEnvironment,
  signal: AbortSignal,
): Promise<readonly ResourceOutcome[]> => {
  const intended = new Map<string, readonly Change[]>();
  const noting: ResourceEnvironment = {
    ...env,
    intend: async (step, changes) => {
      await env.intend(step, changes);
      intended.set(step.id, joinedChanges(intended.get(step.id) ?? [], changes));
    },
  };
  const outcomes = await outlast(play, host, signal, {
    attempt: async (): Promise<readonly ResourceOutcome[]> => {
      try {
        return await runResourceSteps(steps, noting);
      } catch (thrown) {
        return [{ changes: [], values: {}, failure: failureOfStep(thrown, play.run.options.signal) }];
      }
    },
    failureIn: (ended) => ended.at(-1)?.failure,
    mayRepeat: () => steps.every(({ id, module }) => !(module.restarts && intended.has(id))),
  });
  return outcomes.map((outcome, index) => {
    const before = intended.get(steps[index]?.id ?? '');
    return before && !outcome.failure ? { ...outcome, changes: joinedChanges(before, outcome.changes) } : outcome;
  });
};
