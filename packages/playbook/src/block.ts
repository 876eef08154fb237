import type { Position, Template } from '@ratchet/core';
import type { RoleContext } from './role.js';
import type { Inherited, Placed, TaskNode } from './task.js';

/** A block. Its keywords are already merged into the tasks in it; they stand here too, for what concerns the block itself. */
export interface Block extends Inherited {
  readonly kind: 'block';
  readonly id: string;
  readonly name?: string | Template;
  readonly body: readonly TaskNode[];
  readonly rescue: readonly TaskNode[];
  readonly always: readonly TaskNode[];
  /** Already among the `notify` of the tasks in it. */
  readonly notify: readonly Placed<string | Template>[];
  readonly role?: RoleContext;
  readonly position: Position;
}
