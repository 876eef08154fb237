import { type Dict, type Module, type Position, Template, type Value } from '@ratchet/core';
import type { Block } from './block.js';
import type { Include } from './include.js';
import type { LOOPS } from './keywords.js';
import type { ModuleDefaults } from './module-defaults.js';
import type { RoleContext } from './role.js';

/** The template of a keyword that is handed down: where it comes to `omit`, what stands around it counts. */
export class KeywordTemplate extends Template {
  readonly around: Value | undefined;
  constructor({ text, position }: Template, around: Value | undefined) {
    super(text, position);
    this.around = around;
  }
}

/** A keyword's yes or no, perhaps only known when it is templated. */
export type Flag = boolean | Template;

/** One bare expression of `when`, `changed_when`, `failed_when` or `until`: for `Templar.condition`. */
export interface Condition {
  readonly value: Value;
  readonly position: Position;
}

/** A text (or a number) with the place where it was written. */
export interface Placed<T> {
  readonly value: T;
  readonly position: Position;
}

/**
 * `loop` or a `with_…`. `kind` is what follows `with_` (`items`, `dict`, `list`, …), or `loop`, which takes the list as it
 * is. `items` flattens one level, `dict` gives `{key, value}` pairs, `sequence`, `nested`, … as Ansible's lookups.
 */
export interface Loop {
  readonly kind: 'loop' | (typeof LOOPS)[number];
  readonly value: Value;
  readonly position: Position;
}

export interface LoopControl {
  /** Default `item`; a template is finished before the loop. */
  readonly loopVar: string | Template;
  readonly indexVar?: string;
  readonly label?: Value;
  /** Seconds between items. */
  readonly pause?: number | Template;
  /** `ansible_loop` is filled in. */
  readonly extended?: Flag;
  /** False: `ansible_loop.allitems` is left out. */
  readonly allItems?: Flag;
}

/** `async`: how long the task may take. It is waited for. */
export interface Async {
  readonly seconds: Value;
  /** What `poll` says; 0 would be not to wait. */
  readonly poll: Value;
}

export interface Until {
  readonly conditions: readonly Condition[];
  /** Attempts after the first; default 3. */
  readonly retries: Value;
  /** Seconds between attempts; default 5. */
  readonly delay: Value;
}

/** What a task does: a module, or a command to the runner. */
export type Action =
  | { readonly kind: 'module'; readonly name: string; readonly module: Module }
  | { readonly kind: 'meta'; readonly name: 'meta'; readonly command: MetaCommand }
  | { readonly kind: 'include'; readonly name: string; readonly include: Include }
  /** A module whose name is a template (of `action`), known when the task runs. */
  | { readonly kind: 'late'; readonly name: string; readonly module: Template }
  /** A module that is not supported, in a task that tags or `when: false` rule out. */
  | { readonly kind: 'unreachable'; readonly name: string };

export type MetaCommand =
  | 'flush_handlers'
  | 'noop'
  | 'end_play'
  | 'end_host'
  | 'end_batch'
  | 'clear_host_errors'
  | 'clear_facts'
  | 'refresh_inventory'
  | 'reset_connection';

/** Keywords that a play or block hands down to what stands in it, already merged. */
export interface Inherited {
  /** All must hold, outermost first: blocks', role's and import's conditions stand before the task's own. */
  readonly when: readonly Condition[];
  /** Union of the tags of the task and of all around it. */
  readonly tags: readonly string[];
  /** Block, import and task variables merged, inner ones win (not the play's and the role's, which rank elsewhere). */
  readonly vars: Dict;
  /** Variables of the includes around, loop variables among them: they rank above facts. */
  readonly includeParams: Dict;
  readonly ignoreErrors?: Flag;
  readonly ignoreUnreachable?: Flag;
  readonly noLog?: Flag;
  readonly checkMode?: Flag;
  readonly diff?: Flag;
  readonly anyErrorsFatal?: Flag;
  readonly runOnce?: Flag;
  readonly throttle?: Value;
  /** Collections in which roles of a bare name are looked for; the innermost list counts. */
  readonly collections?: readonly string[];
  /** `module_defaults`, what stands further in in the place of what is around it. */
  readonly moduleDefaults?: ModuleDefaults;
  /** Outermost first; later dicts win. */
  readonly environment: readonly Value[];
  readonly delegateTo?: Value;
  readonly delegateFacts?: Flag;
  readonly connection?: Value;
  readonly remoteUser?: Value;
  readonly port?: Value;
  /** Done where it asks for the user who is logged in. */
  readonly become?: Flag;
  readonly becomeUser?: Value;
  readonly becomeMethod?: Value;
  /** Seconds a step may take. */
  readonly timeout?: Value;
  readonly retries?: Value;
  readonly delay?: Value;
}

/** One task, with everything it inherits merged in. */
export interface Task extends Inherited {
  readonly kind: 'task';
  /**
   * Stable identity within the playbook: the chain of source places (`file:line`) through play, imports, roles and blocks,
   * joined by ` > `. Unique in a play.
   */
  readonly id: string;
  readonly name?: string | Template;
  readonly action: Action;
  /**
   * The module's parameters with aliases as written: a Dict of templates and data, or one Template when `args` or the module
   * was given a single template. A free form (`command: whoami`) is already under the module's `freeForm` parameter.
   */
  readonly params: Value;
  /** What lies below them (`args`, `module_defaults`), the nearest first, where one of the two is a template. */
  readonly paramsBelow?: readonly Value[];
  /** Where each parameter was written. */
  readonly paramPositions: ReadonlyMap<string, Position>;
  readonly loop?: Loop;
  readonly loopControl: LoopControl;
  readonly register?: string;
  /** Names or topics; templates are finished when the task has changed. */
  readonly notify: readonly Placed<string | Template>[];
  /** It stands among handlers, or is included by one. */
  readonly handler: boolean;
  /** Handlers only: topics. */
  readonly listen: readonly (string | Template)[];
  readonly changedWhen?: readonly Condition[];
  readonly failedWhen?: readonly Condition[];
  readonly until?: Until;
  readonly async?: Async;
  readonly role?: RoleContext;
  readonly position: Position;
  /** Where each keyword (`when`, `loop`, …) of the task itself was written. */
  readonly keywordPositions: ReadonlyMap<string, Position>;
}

/** What stands in a list of tasks. */
export type TaskNode = Task | Block;
