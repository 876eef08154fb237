import type { Play, Task } from '@ratchet/playbook';
import type { Templar } from '@ratchet/template';
import type { PlayContext } from './contexts.js';
import { active, type HostState } from './host-state.js';
import { taskTemplar } from './task-scope.js';
import { flagOr, number } from './told-keyword.js';
import { toldOfPlay } from './told-of-play.js';

// A failure that a rescue or an always still takes care of is none yet.
const isLost = (host: HostState): boolean => host.failed && host.sheltered === 0;

const isFatal = (play: PlayContext, any: HostState, task: Task): boolean => {
  const templar = taskTemplar(play, any, task);
  if (flagOr(templar, task.anyErrorsFatal ?? play.play.anyErrorsFatal, false, false)) return true;
  return flagOr(templar, task.runOnce, false, false) && !flagOr(templar, task.ignoreErrors, false, false);
};

/** The play's `max_fail_percentage`, or undefined. Throws `playbook-invalid` where it cannot be told or is no number. */
export const mostFailed = (play: Play, templar: Templar): number | undefined => {
  const { maxFailPercentage: limit } = play;
  if (limit === undefined || limit === null) return undefined;
  return toldOfPlay(play, 'max_fail_percentage', () => number(templar, limit, 100));
};

const tooManyFailed = (play: PlayContext, any: HostState): boolean => {
  const percent = mostFailed(play.play, taskTemplar(play, any, undefined));
  return percent !== undefined && (play.batch.filter(isLost).length / play.batch.length) * 100 > percent;
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
