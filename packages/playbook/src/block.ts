import type { Position, Template } from '@ratchet/core';
import type { RoleContext } from './role.js';
import type { Flag, Inherited, Placed, TaskNode } from './task.js';

/** A block. Its keywords are already merged into the tasks in it; they stand here too, for what concerns the block itself. */
export interface Block extends Inherited {
  readonly kind: 'block';
  readonly id: string;
  readonly name?: string | Template;
  readonly body: readonly TaskNode[];
  readonly rescue: readonly TaskNode[];
  readonly always: readonly TaskNode[];
  /** What the block changed on a host is taken back when the host fails in it and is not rescued. */
  readonly rollbackOnFailure?: Flag;
  /** Already among the `notify` of the tasks in it. */
  readonly notify: readonly Placed<string | Template>[];
  readonly role?: RoleContext;
  readonly position: Position;
}
