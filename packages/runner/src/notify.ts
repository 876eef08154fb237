import { didYouMean, type RatchetError, sourceError, type Value } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';
import type { HostState } from './host-state.js';
import type { PlannedItem } from './plan-item.js';
import { shownName, taskTemplar } from './task-scope.js';

/** Which list of handlers it stands in: the play's own, or those of one use of a role. */
const listOf = (handler: Task): string =>
  handler.role ? handler.id.slice(0, handler.id.lastIndexOf(' > ')) : 'the play';

const namesOf = (play: PlayContext, host: HostState, handler: Task): readonly string[] => {
  if (handler.name === undefined) return [];
  const full = shownName(taskTemplar(play, host, handler), handler);
  if (!handler.role) return [full];
  return [full, full.slice(full.indexOf(' : ') + 3), `${handler.role.name} : ${full.slice(full.indexOf(' : ') + 3)}`];
};

const topicsOf = (play: PlayContext, host: HostState, handler: Task): readonly string[] =>
  handler.listen.map((topic) => {
    const found = taskTemplar(play, host, handler).finish(topic as Value);
    return String(found);
  });

/** Of handlers with one name those of the last list count (`roles:` come before the play, imports behind it), and of them the first. */
export const thatCounts = (named: readonly Task[]): readonly Task[] => {
  const last = named.at(-1);
  return named.filter((handler) => last && listOf(handler) === listOf(last)).slice(0, 1);
};

/** The handlers that a name or a topic means on a host: one by its name, and all that listen. */
const matching = (play: PlayContext, host: HostState, wanted: string): readonly Task[] => {
  const named = play.handlers.filter((handler) => namesOf(play, host, handler).includes(wanted));
  const listening = play.handlers.filter((handler) => topicsOf(play, host, handler).includes(wanted));
  return [...new Set([...thatCounts(named), ...listening])];
};

const lost = (play: PlayContext, wanted: string, place: Task['notify'][number]): RatchetError => {
  const names = play.handlers.flatMap((handler) => [handler.name, ...handler.listen]).map(String);
  return sourceError('handler-not-found', `The handler "${wanted}" is not in this play.`, place.position, {
    hint: didYouMean(wanted, names),
  });
};

/** The handlers that a task's `notify` means for an item; what cannot be evaluated yet (it may speak of the task's result) is left out. */
export const handlersOf = (play: PlayContext, host: HostState, task: Task, item: PlannedItem): readonly Task[] => {
  const templar = taskTemplar(play, host, task, item.item.own);
  return task.notify.flatMap((place) => {
    try {
      const found = templar.finish(place.value as Value);
      return [found].flat().flatMap((wanted) => matching(play, host, String(wanted)));
    } catch {
      return [];
    }
  });
};

/** Notifies what a changed item of a task names, in the item's variables; the error is a handler that is not there. `told`: no events. */
export const notify = async (
  play: PlayContext,
  host: HostState,
  task: Task,
  item: PlannedItem,
  told: boolean,
): Promise<RatchetError | undefined> => {
  const templar = taskTemplar(play, host, task, item.item.own);
  for (const place of task.notify) {
    const found = templar.finish(place.value as Value);
    for (const wanted of Array.isArray(found) ? found.map(String) : [String(found)]) {
      const handlers = matching(play, host, wanted);
      if (handlers.length === 0) return lost(play, wanted, place);
      for (const handler of handlers) {
        host.notified.add(handler.id);
        if (!told)
          await play.run.sink.emit({ type: 'handler_notified', host: host.name, handler: wanted, by: task.id });
      }
    }
  }
  return undefined;
};
