import type { Task } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';
import { wasOver } from './history.js';
import { type HostState, isActive } from './host-state.js';
import { settleHandler } from './owed.js';
import { batchId } from './step-id.js';

/** Runs one handler on hosts. */
export type RunHandler = (hosts: readonly HostState[], handler: Task) => Promise<void>;

/** Runs every handler that was notified on these hosts once per host, in the order in which handlers are defined. `force`: also on failed hosts. */
export const flushHandlers = async (
  play: PlayContext,
  hosts: readonly HostState[],
  force: boolean,
  run: RunHandler,
): Promise<void> => {
  play.flushes += 1;
  for (const handler of play.handlers) {
    const notified = hosts.filter(
      (host) => host.notified.has(handler.id) && !play.left.has(host) && !host.unreachable && (force || isActive(host)),
    );
    if (notified.length === 0) continue;
    const failed = notified.filter((host) => host.failed);
    for (const host of failed) host.failed = false;
    for (const host of notified) host.notified.delete(handler.id);
    play.flushing = play.flushes;
    const flush = batchId(play);
    try {
      await run(notified, handler);
    } finally {
      play.flushing = 0;
    }
    // Of a flush that an earlier process was through with, all is settled; what is owed now was noted later.
    const { history } = play.run.resume ?? {};
    for (const host of notified)
      if (isActive(host) && !wasOver(history, flush, host.name)) await settleHandler(play, host, handler);
    for (const host of failed) host.failed = true;
  }
};
