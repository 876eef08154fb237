import type { LockHolder, LockOwner } from '@ratchet/core';

/** What a lock file says. `life` is in seconds, from the file's own time of writing. */
export interface LockFile extends LockOwner {
  readonly since: string;
  readonly life: number;
}

/** Every lock file is as long as any other, so that it can be written over in place. */
const BYTES = 1024;
const LONGEST = 200;

/** The bytes of a lock file. */
export const lockBytes = ({ owner, run, since, life }: LockFile): Uint8Array => {
  const told = JSON.stringify({ owner: owner.slice(0, LONGEST), run: run.slice(0, LONGEST), since, life });
  const padding = Math.max(0, BYTES - Buffer.byteLength(told) - 2);
  return Buffer.from(`${told}${' '.repeat(padding)}\r\n`);
};

/** A lock that says nothing: its writer makes the file and fills it at once, or has died in between. */
const UNKNOWN: LockFile = { owner: 'somebody', run: 'unknown', since: 'an unknown time', life: 30 };

/** Whether a lock was made and never filled. */
export const isHalfMade = (lock: LockFile): boolean => lock === UNKNOWN;

/** What the bytes of a lock file say. */
export const lockIn = (bytes: Uint8Array): LockFile => {
  let found: Partial<Record<keyof LockFile, unknown>>;
  try {
    found = JSON.parse(Buffer.from(bytes).toString('utf8')) as typeof found;
  } catch {
    return UNKNOWN;
  }
  const { owner, run, since, life } = found;
  if (typeof owner !== 'string' || typeof run !== 'string' || typeof since !== 'string' || typeof life !== 'number')
    return UNKNOWN;
  return { owner, run, since, life };
};

/**
 * Whether a lock that was written at `written` has run out at `now`, both by the host's clock. One from far in the future was written
 * before that clock was set back: its owner would have renewed it since.
 */
export const hasExpired = (lock: LockFile, written: number, now: number): boolean =>
  Math.abs(now - written) > lock.life;

/** The lock as people are told of it. */
export const holderOf = (lock: LockFile, written: number, now: number): LockHolder => ({
  owner: lock.owner,
  run: lock.run,
  since: lock.since,
  until: new Date((written + lock.life) * 1000).toISOString(),
  expired: hasExpired(lock, written, now),
});
