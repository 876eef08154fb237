import { createHash } from 'node:crypto';
import { toPlain, type Value } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';
import type { Item } from './plan-item.js';

/** A play's batch (and the flush of handlers in it) as step ids and the journal name it. */
export const batchId = (play: PlayContext): string =>
  `p${play.playIndex}.b${play.batchIndex}${play.flushing > 0 ? `.f${play.flushing}` : ''}`;

/**
 * The identity of a step: play, batch, chain of source places, loop item (index and salted hash), host. The salt is the run's own, or the
 * plan's that it applies: ids are told everywhere, and whoever guesses an item under `no_log` must not find the guess confirmed in one.
 */
export const stepId = (play: PlayContext, task: Task, item: Item, host: string): string => {
  const text = item.value === undefined ? '' : `[${item.index}:${hashOf(play.run.stepSalt, item.value)}]`;
  return `${batchId(play)}/${task.id}${text}@${host}`;
};

const hashOf = (salt: string, value: Value): string => {
  const text = JSON.stringify(toPlain(value), (_, part) => (typeof part === 'bigint' ? part.toString() : part));
  return createHash('sha256').update(`${salt}\0${text}`).digest('hex').slice(0, 8);
};
