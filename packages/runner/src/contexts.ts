import type { Dict, Gate } from '@ratchet/core';
import type { Play, Playbook, PlayRole, RoleContext, Task } from '@ratchet/playbook';
import type { Approval } from './approval.js';
import type { DebtBook } from './debts.js';
import type { EventSink } from './events.js';
import type { FileVars } from './file-vars.js';
import type { History } from './history.js';
import type { HostState } from './host-state.js';
import type { Journal } from './journal.js';
import type { MetHosts } from './met-hosts.js';
import type { RunOptions } from './run-options.js';
import type { RunStats } from './run-stats.js';

/** What a continued run knows of its past, and what the operator said of steps that nobody can read. */
export interface Resume {
  readonly history: History;
  readonly redo: ReadonlySet<string>;
  readonly skip: ReadonlySet<string>;
}

/** What a whole run shares. */
export interface RunContext {
  readonly id: string;
  readonly options: RunOptions;
  readonly sink: EventSink;
  readonly journal: Journal;
  readonly debts: DebtBook;
  readonly met: MetHosts;
  /** For the hashes of data that is withheld. */
  readonly salt: string;
  /** For the hashes of loop items in step ids: those of a plan are known again by it. */
  readonly stepSalt: string;
  readonly hosts: Map<string, HostState>;
  readonly resume?: Resume;
  /** Set when a saved plan is applied. */
  readonly approval?: Approval;
  /** What `set_stats` gathered. */
  readonly stats: RunStats;
  /** Answers to `vars_prompt`, by play. */
  readonly answers: Map<number, Dict>;
  /** Number of `.reg` backups written so far. */
  backups: number;
  /** Keeps a promise that nobody awaits at once; its failure ends the run. */
  background(work: Promise<void>): void;
}

/** What one batch of one play shares. */
export interface PlayContext {
  readonly run: RunContext;
  readonly playbook: Playbook;
  readonly play: Play;
  readonly playIndex: number;
  readonly batchIndex: number;
  /** Its hosts as the play names them. */
  readonly pattern: string;
  /** All hosts that the play's pattern and the limit name, those of them that the play began with, and those of this batch. */
  readonly targeted: readonly HostState[];
  readonly playHosts: readonly HostState[];
  readonly batch: readonly HostState[];
  /** Answers to the play's `vars_prompt`. */
  readonly prompted: Dict;
  /** From `vars_files`, the later file winning; per host, since their names may be templates. */
  readonly fileVars: Map<string, FileVars>;
  /** In the order in which they run; an included role's join them. */
  readonly handlers: Task[];
  /** Every use of a role so far; an included one joins them where it is public, and what it imports. */
  readonly roles: PlayRole[];
  /** What public included roles gave to the rest of the play. */
  readonly exported: { readonly vars: Dict; readonly defaults: Dict };
  /** Under `free`: how many hosts are at a task that has a `throttle`. */
  readonly gates: Map<string, Gate>;
  /** `role host`: included roles that have run, for `allow_duplicates: false`. */
  readonly rolesDone: Set<string>;
  /** Which use of a role that runs once has begun on which host, by `RoleContext.once` and the host. */
  readonly rolesBegun: Map<string, RoleContext>;
  /** Hosts that `meta: end_host` took out of the play. */
  readonly left: Set<HostState>;
  /** How often handlers were flushed, and the number of the flush that is under way: a handler may run in each. 0: none. */
  flushes: number;
  flushing: number;
  /** What `meta: end_play` or `end_batch`, or too many failures, have ended. */
  ended: 'play' | 'batch' | undefined;
  /** Too much failed: neither this play's other batches nor the playbook's other plays are run. */
  broken: boolean;
}
