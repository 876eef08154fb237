import { createHash } from 'node:crypto';
import { toPlain, type Value } from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import type { PlayContext } from './contexts.js';
import type { Item } from './plan-item.js';

/** A play's batch (and the flush of handlers in it) as step ids and the journal name it. */
export const batchId = (play: PlayContext): string =>
  `p${play.playIndex}.b${play.batchIndex}${play.flushing > 0 ? `.f${play.flushing}` : ''}`;

/** The identity of a step: play, batch, chain of source places, loop item (index and hash), host. */
export const stepId = (play: PlayContext, task: Task, item: Item, host: string): string => {
  const text = item.value === undefined ? '' : `[${item.index}:${hashOf(item.value)}]`;
  return `${batchId(play)}/${task.id}${text}@${host}`;
};

const hashOf = (value: Value): string => {
  const text = JSON.stringify(toPlain(value), (_, part) => (typeof part === 'bigint' ? part.toString() : part));
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
};
