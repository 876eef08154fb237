import type { Debt } from './events.js';

/** Who changes a host: a person at a controller (`ann@build1`), and the run. */
export interface LockOwner {
  readonly owner: string;
  readonly run: string;
}

/** A lock as it is found on a host. Times are ISO 8601, UTC; `until` is by the host's own clock. */
export interface LockHolder extends LockOwner {
  readonly since: string;
  readonly until: string;
  readonly expired: boolean;
}

/**
 * How a host's reads are best sent, as it turned out: 'line' where every key was there, so that one command line does; 'script' where
 * some were missing; 'shell' where the login shell is no cmd.exe. Only what is sent depends on it, never what is believed.
 */
export type ReadingHabit = 'line' | 'script' | 'shell';

/**
 * What a host keeps for every controller: who is changing it now, and what it is owed. Nothing of it starts a process on the host.
 * Errors: `host-locked` while another run has it; those of file transfers; `journal-damaged` for debts that cannot be read.
 */
export interface HostKeep {
  /**
   * What the host is owed, null when nothing was ever kept there. Known from the first command that the connection sent; `again`
   * reads it anew.
   */
  debts(again?: boolean): Promise<readonly Debt[] | null>;
  /** Replaces them; only for the owner of the lock. What was kept before stays readable until the new list is there as a whole. */
  saveDebts(debts: readonly Debt[]): Promise<void>;
  /**
   * Takes the lock, or renews it: from now on it lasts `lifeSeconds`. A run's own lock is taken over at once, another's only once
   * it has expired, or `isDead` knows that nobody works on that run any more. 'taken' when it was not this run's until now, so that what
   * was read before may have changed since; 'untouched' when it was taken, and no other run has had it since the connection's first command:
   * what was read over this connection stands as if it had been read under the lock.
   */
  lock(
    mine: LockOwner,
    lifeSeconds: number,
    isDead?: (run: string) => Promise<boolean>,
  ): Promise<'taken' | 'renewed' | 'untouched'>;
  /** Gives the lock back; one that is not this run's is left alone. */
  release(mine: LockOwner): Promise<void>;
  /** Who has the lock; null when nobody has. */
  holder(): Promise<LockHolder | null>;
  /** Takes the lock away, whoever has it. */
  unlock(): Promise<void>;
}
