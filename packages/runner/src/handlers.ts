import type { PlayContext } from './contexts.js';
import { isActive } from './host-state.js';
import { runTask } from './run-task.js';

/** Runs every notified handler once per host, in the order in which handlers are defined. `force`: also on failed hosts. */
export const flushHandlers = async (play: PlayContext, force: boolean): Promise<void> => {
  for (const handler of play.play.handlers) {
    const notified = play.batch.filter(
      (host) => host.notified.has(handler.id) && !host.unreachable && (force || isActive(host)),
    );
    if (notified.length === 0) continue;
    const failed = notified.filter((host) => host.failed);
    for (const host of failed) host.failed = false;
    for (const host of notified) host.notified.delete(handler.id);
    await runTask(play, notified, handler, true);
    for (const host of failed) host.failed = true;
  }
};
