import type { Dict, Position, Template } from '@ratchet/core';
import type { Around } from './around.js';
import type { PlayRole } from './role.js';
import type { Flag, Task, TaskNode } from './task.js';

/** The parts of a role that can be named (`tasks_from` and the like). */
export type RolePart = 'tasks' | 'handlers' | 'vars' | 'defaults';

interface IncludeBase {
  /** What stands around the included tasks: what is around the include, with its `apply` laid over it, but not its own keywords. */
  readonly around: Around;
  readonly position: Position;
}

/** `include_tasks`: a file that is read when the play comes to it. */
export interface IncludeTasks extends IncludeBase {
  readonly kind: 'tasks';
  readonly file: string | Template;
}

/** `include_role`. */
export interface IncludeRole extends IncludeBase {
  readonly kind: 'role';
  readonly role: string | Template;
  readonly from: Readonly<Partial<Record<RolePart, string | Template>>>;
  /** Its variables and defaults are seen by the rest of the play. */
  readonly public: Flag;
  readonly allowDuplicates: Flag;
  /** Its `argument_specs` are checked. */
  readonly validate: Flag;
}

export type Include = IncludeTasks | IncludeRole;

/** One use of an include, its names finished. */
export interface IncludeUse {
  /** What the ids of the included tasks begin with: the include's id and its loop item. */
  readonly chain: string;
  /** The include's `vars` and its loop variables: they rank above facts for what is included. */
  readonly params: Dict;
}

/** What an include brings. */
export interface Included {
  /** The file of tasks, or the role's name. */
  readonly name: string;
  readonly nodes: readonly TaskNode[];
  /** Handlers of an included role, and of the roles that it depends on. */
  readonly handlers: readonly Task[];
  /** The roles that are imported in it; of an included role also itself, as the last one. */
  readonly roles: readonly PlayRole[];
}

/** Reads includes while a play runs, with the same checks as before it. Throws `RatchetErrors`, and file and YAML errors. */
export interface IncludeLoader {
  tasks(include: IncludeTasks, use: IncludeUse, file: string): Promise<Included>;
  role(
    include: IncludeRole,
    use: IncludeUse,
    role: { readonly name: string; readonly validate: boolean } & Pick<RoleNames, 'from'>,
  ): Promise<Included>;
}

interface RoleNames {
  readonly from: Readonly<Partial<Record<RolePart, string>>>;
}
