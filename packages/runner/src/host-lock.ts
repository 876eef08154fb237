import { hostname } from 'node:os';
import { type HostKeep, type LockOwner, toRatchetError } from '@ratchet/core';
import { isLost } from './broken-link.js';
import type { PlayContext, RunContext } from './contexts.js';
import type { HostPort, HostState } from './host-state.js';
import { stopIfInterrupted } from './interrupted.js';
import { learnDebts, meetHost } from './owed.js';
import { isDeadRun } from './run-owner.js';

/** How long a lock lasts unless it is renewed, which happens every third of it. Seconds. */
const LIFE = 300;
/** While a host restarts nobody can renew its lock. */
const LIFE_THROUGH_RESTART = 3600;
/** Milliseconds for giving back a lock on a host that may be gone; the lock expires by itself. */
const RELEASE_MS = 10_000;

const ownerOf = (run: RunContext): LockOwner => ({ owner: `${run.options.user}@${hostname()}`, run: run.id });

const now = (): number => performance.now() / 1000;

/** A host's lock as this run holds it; times in seconds of this machine's own running clock. */
export interface HeldLock {
  readonly keep: HostKeep;
  readonly taken: number;
  readonly timer: NodeJS.Timeout;
  life: number;
  renewed: number;
  /** A renewal that nobody waits for; the lock is not given back before it has ended, since it would make the lock anew. */
  renewing: Promise<unknown>;
}

/** Whether the lock was still this run's. */
const renew = async (run: RunContext, held: HeldLock): Promise<boolean> => {
  const started = now();
  const how = await held.keep.lock(ownerOf(run), held.life);
  held.renewed = started;
  return how === 'renewed';
};

// A host that cannot be reached now is asked again; before the next change the lock is looked at in any case.
const renewInBackground = (run: RunContext, held: HeldLock | undefined): void => {
  if (held) held.renewing = held.renewing.then(() => renew(run, held)).catch(() => undefined);
};

const isFresh = ({ renewed, life }: HeldLock): boolean => now() - renewed < (life * 2) / 3;

const drop = (host: HostState): void => {
  clearInterval(host.lock?.timer);
  host.lock = undefined;
};

/** Whether the lock that the run has is still its own. Throws `host-locked` when another run took it over meanwhile. */
const stillHolds = async (run: RunContext, host: HostState): Promise<boolean> => {
  const held = host.lock;
  if (!held) return false;
  if (isFresh(held)) return true;
  try {
    if (await renew(run, held)) return true;
  } catch (thrown) {
    drop(host);
    throw thrown;
  }
  // It had expired and was free again: whatever was read before may have been changed by somebody.
  drop(host);
  return false;
};

const takeLock = async (
  play: PlayContext,
  host: HostState,
  port: HostPort,
  keep: HostKeep,
): Promise<'taken' | 'renewed' | 'untouched'> => {
  const { run } = play;
  await meetHost(play, host, port);
  const started = now();
  const how = await keep.lock(ownerOf(run), LIFE, (other) => isDeadRun(run.options.runsFolder, other));
  const timer = setInterval(() => renewInBackground(run, host.lock), (LIFE * 1000) / 3);
  timer.unref();
  host.lock = { keep, taken: now(), timer, life: LIFE, renewed: started, renewing: Promise.resolve() };
  await learnDebts(run, host, keep, how !== 'untouched');
  return how;
};

/**
 * Makes sure, before a change, that the host is locked for this run. True when what was read over `port` since `readFrom`
 * (`performance.now()`) has to be read again: the lock was taken later, and another run may have had it in between. A lock that was
 * not renewed for two thirds of its life is looked at first.
 * Errors: `host-locked`, and those of the connection.
 */
export const lockHost = (play: PlayContext, host: HostState, port: HostPort, readFrom: number): Promise<boolean> => {
  const { keep } = port;
  const lock = async (): Promise<boolean> => {
    stopIfInterrupted(play.run.options.signal);
    if (!keep) return false;
    if (!(await stillHolds(play.run, host)) && (await takeLock(play, host, port, keep)) === 'untouched') return false;
    return host.lock !== undefined && readFrom / 1000 < host.lock.taken;
  };
  const locked = host.locking.then(lock, lock);
  host.locking = locked.catch(() => undefined);
  return locked;
};

/** Lengthens the lock before a restart, through which it cannot be renewed. */
export const lockThroughRestart = async (run: RunContext, host: HostState): Promise<void> => {
  if (!host.lock) return;
  host.lock.life = LIFE_THROUGH_RESTART;
  await renew(run, host.lock);
};

/** After a restart, or the wait for it, the lock is of its usual length again. */
export const lockAfterRestart = (run: RunContext, host: HostState): void => {
  if (!host.lock || host.lock.life === LIFE) return;
  host.lock.life = LIFE;
  renewInBackground(run, host.lock);
};

const inTime = async (work: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${RELEASE_MS / 1000} s`)), RELEASE_MS);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** What was found settled without the lock is written under it; another run that has it finds the same by itself. */
const writeMovedDebts = async (run: RunContext, host: HostState, keep: HostKeep): Promise<void> => {
  try {
    await keep.lock(ownerOf(run), LIFE);
  } catch (thrown) {
    if (toRatchetError(thrown).code === 'host-locked') return;
    throw thrown;
  }
  await keep.debts(true);
  await keep.saveDebts(host.debts);
  host.debtsMoved = false;
};

/** Milliseconds between attempts to reach a host that is being restarted. */
const AGAIN_MS = 1_000;

/**
 * Once more over a fresh connection where the first one was lost with it: it changes nothing that was done already. A host that is `restarting` is
 * asked again until its time is over.
 */
const again = async (work: () => Promise<void>, restarting: boolean): Promise<void> => {
  const deadline = performance.now() + RELEASE_MS;
  for (let first = true; ; first = false) {
    try {
      return await work();
    } catch (thrown) {
      const failure = toRatchetError(thrown);
      const waits = restarting && failure.code === 'unreachable' && performance.now() + AGAIN_MS < deadline;
      if (!waits && !(first && isLost(failure))) throw thrown;
      if (waits) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
};

/** How a host is reached at the end; after Ctrl-C no port is made any more, and one that there is connects again. */
const portAtTheEnd = ({ options: { signal } }: RunContext, host: HostState): HostPort | undefined =>
  host.home ?? (signal.aborted ? [...host.ports.values()][0] : host.open?.());

const notGivenBack = (message: string, life: number | undefined): string =>
  life === undefined
    ? `the lock was not given back, if the run still had it from before: ${message} The next run of this folder takes it over.`
    : `the lock was not given back: ${message} It lasts for ${life} s more.`;

const release = async (run: RunContext, host: HostState): Promise<void> => {
  const { keep: held, renewing, life } = host.lock ?? {};
  drop(host);
  try {
    const port = held ? undefined : portAtTheEnd(run, host);
    if (!held && !port) stopIfInterrupted(run.options.signal);
    const keep = held ?? port?.keep;
    if (!keep) return;
    const work = async (): Promise<void> => {
      await renewing;
      if (host.debtsMoved) await writeMovedDebts(run, host, keep);
      await keep.release(ownerOf(run));
    };
    await inTime(again(work, life === LIFE_THROUGH_RESTART));
  } catch (thrown) {
    await run.sink.warn(host.name, notGivenBack(toRatchetError(thrown).message, life));
  }
};

/** A run that is gone on with may have locked a host before it was cut off. */
const mayHoldLock = (run: RunContext, host: HostState): boolean =>
  host.lock !== undefined ||
  (host.debtsMoved && !run.options.check) ||
  [...(run.resume?.history.steps.values() ?? [])].some((step) => step.host === host.name);

/** Gives all locks of the run back, also after Ctrl-C. A lock on a host that does not answer is left to expire, with a warning. */
export const releaseLocks = async (run: RunContext): Promise<void> => {
  const locked = [...run.hosts.values()].filter((host) => mayHoldLock(run, host));
  await Promise.all(locked.map((host) => release(run, host)));
};
