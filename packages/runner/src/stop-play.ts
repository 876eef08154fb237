import { toPlain } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';
import { flag } from './flag.js';
import { active, type HostState } from './host-state.js';
import { taskTemplar } from './task-scope.js';
import { toldOfPlay } from './told-of-play.js';

// A failure that a rescue or an always still takes care of is none yet.
const isLost = (host: HostState): boolean => host.failed && host.sheltered === 0;

const isFatal = (play: PlayContext, any: HostState, task: Task): boolean => {
  const templar = taskTemplar(play, any, task);
  if (flag(templar, task.anyErrorsFatal ?? play.play.anyErrorsFatal, false)) return true;
  return flag(templar, task.runOnce, false) && !flag(templar, task.ignoreErrors, false);
};

const tooManyFailed = (play: PlayContext, any: HostState): boolean => {
  const limit = play.play.maxFailPercentage;
  if (limit === undefined || limit === null) return false;
  const percent = toldOfPlay(play.play, 'max_fail_percentage', () =>
    Number(toPlain(taskTemplar(play, any, undefined).finish(limit))),
  );
  return (play.batch.filter(isLost).length / play.batch.length) * 100 > percent;
};

/**
 * Ends the play for all its hosts when a task's failure on one is meant to: `any_errors_fatal`, `run_once`, `max_fail_percentage`. As
 * in ansible-core 2.14, a failure in a block with a rescue or an always ends it for nobody else.
 */
export const stopForAll = async (play: PlayContext, hosts: readonly HostState[], task: Task): Promise<void> => {
  const [any] = hosts;
  if (!any || play.ended) return;
  const lost = hosts.some((host) => isLost(host) || host.unreachable);
  if (!(lost && isFatal(play, any, task)) && !tooManyFailed(play, any)) return;
  for (const host of active(play.batch)) host.failed = true;
  play.ended = 'play';
  play.broken = true;
  await play.run.sink.emit({ type: 'no_more_hosts' });
};
