import type { Dict, Position, SourceFile, Template, Value } from '@ratchet/core';
import type { IncludeLoader } from './include.js';
import type { Params } from './params.js';
import type { PlayRole } from './role.js';
import type { Flag, Placed, Task, TaskNode } from './task.js';
import type { VarsPrompt } from './vars-prompt.js';

/** The tasks of one section of a play, in the order in which sections run; handlers are flushed after each but roles. */
export interface Section {
  readonly kind: 'pre_tasks' | 'roles' | 'tasks' | 'post_tasks';
  readonly body: readonly TaskNode[];
}

/** One play. */
export interface Play {
  readonly id: string;
  /** Absent: it is called by its hosts. */
  readonly name?: string | Template;
  /** A pattern or a list of patterns. */
  readonly hosts: Value;
  readonly position: Position;
  readonly vars: Dict;
  /** What those of `vars_files` say whose names are written out: all that is known of them before the run. */
  readonly writtenFileVars: Dict;
  /** Files beside the playbook; each entry is one name, or a list of which the first that exists is taken. */
  readonly varsFiles: readonly Placed<readonly (string | Template)[]>[];
  /** Absent: as the run has it (`gathering`), which is no unless that was asked for. */
  readonly gatherFacts?: Flag;
  /** What facts are gathered with. */
  readonly gatherParams: Params;
  /** What a person is asked for before it begins. */
  readonly varsPrompt: readonly VarsPrompt[];
  /** A number, a percentage or a list of them. */
  readonly serial?: Value;
  readonly strategy: 'linear' | 'free';
  readonly order?: 'inventory' | 'reverse_inventory' | 'sorted' | 'reverse_sorted' | 'shuffle';
  readonly anyErrorsFatal: Flag;
  readonly maxFailPercentage?: Value;
  readonly forceHandlers?: Flag;
  /** What the play changed on a host is taken back when the host fails in it. */
  readonly rollbackOnFailure?: Flag;
  readonly ignoreUnreachable: Flag;
  readonly throttle?: Value;
  readonly tags: readonly string[];
  readonly sections: readonly Section[];
  /** In the order in which they run: those of `roles:`, then the play's, then those of imported roles. */
  readonly handlers: readonly Task[];
  /** Reads the play's includes when it comes to them. */
  readonly includes: IncludeLoader;
  /** Every use of a role: those of `roles:`, then the imported ones. Later ones' variables win. */
  readonly roles: readonly PlayRole[];
  /** Defaults of all its roles, visible to every task of the play. */
  readonly roleDefaults: Dict;
  /** `vars/` of all its roles, visible to every task of the play. */
  readonly roleVars: Dict;
  readonly connection?: Value;
  readonly remoteUser?: Value;
  readonly port?: Value;
  readonly environment: readonly Value[];
}

/** A playbook with its imported playbooks' plays in place. */
export interface Playbook {
  readonly file: SourceFile;
  /** Every file that was read (playbooks, task files, roles), for the run's hash. */
  readonly files: readonly SourceFile[];
  readonly plays: readonly Play[];
}
