import type { Dict, Position, Template, Value } from '@ratchet/core';
import type { Include, RolePart } from './include.js';
import type { RoleContext } from './role.js';
import type { Session } from './session.js';
import type { Inherited, Placed, Task, TaskNode } from './task.js';

/** What stands around a list of tasks. */
export interface Around {
  readonly inherited: Inherited;
  /** Id of what the list stands in. */
  readonly chain: string;
  /** Where `import_tasks` looks, in order. */
  readonly folders: readonly string[];
  readonly level: 'task' | 'handler';
  readonly notify: readonly Placed<string | Template>[];
  readonly role?: RoleContext;
  /** Variables of the play and of its `vars_files`, for names that are finished before the run. */
  readonly playVars: Dict;
  /** A `rescue` stands beside it, or beside something around it. */
  readonly rescued?: boolean;
  /** Something around it is an include, so that it is read while the play runs. */
  readonly dynamic?: boolean;
  /** Files being imported, to refuse a file that imports itself. */
  readonly importing: readonly string[];
}

/** How a role is used at one place. */
export interface RoleUse {
  readonly name: string;
  readonly position: Position;
  /** Inline parameters of the dict form. */
  readonly params: Dict;
  /** The `vars` keyword of the dict form. */
  readonly vars: Dict;
  /** `when` and `tags` as they are written beside the role's name. */
  readonly own?: readonly Value[];
  readonly allowDuplicates: boolean;
  /** Whether its `argument_specs` are checked where it begins. */
  readonly validate: boolean;
  /** `tasks_from` and the like; absent is `main`. */
  readonly from: Readonly<Partial<Record<RolePart, string>>>;
}

/** What the reader of tasks needs from the play. */
export interface World {
  readonly session: Session;
  readonly playbookDir: string;
  readFile(path: string, around: Around): Promise<readonly TaskNode[]>;
  importRole(use: RoleUse, around: Around): Promise<readonly TaskNode[]>;
  /** Reads what an include will bring, as far as its name is written out, for what is wrong in it. */
  checkInclude(include: Include, task: Task): Promise<void>;
}
