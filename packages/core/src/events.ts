import type { Change } from './change.js';
import type { BootMarker } from './host.js';

/** How a step ended. */
export type Outcome = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable';

/** A failure as data: what `showError` would print, in parts. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** `file:line:column` of the task. */
  readonly place?: string;
  /** The place with its line of source and a caret, for people. */
  readonly excerpt?: string;
  /** Where in the program it came up: of a fault of Ratchet's own only. */
  readonly stack?: string;
}

/** Ansible's seven counters for one host. */
export interface HostRecap {
  readonly ok: number;
  readonly changed: number;
  readonly unreachable: number;
  readonly failed: number;
  readonly skipped: number;
  readonly rescued: number;
  readonly ignored: number;
}

/** A handler as every run and every controller knows it again. */
export interface OwedHandler {
  /** The name of its role, or the name of its play's file. */
  readonly source: string;
  readonly name: string;
  readonly topics: readonly string[];
  /** All it does is restart the host. */
  readonly restarts: boolean;
}

/** A debt: work that a host is owed until it is done. */
export interface Debt {
  readonly kind: 'restart' | 'handler';
  readonly reason: string;
  /** The run that noted it. */
  readonly run?: string;
  /** The boot in which it came to be owed: a restart since then settles what a restart settles. */
  readonly boot?: BootMarker;
  readonly handler?: OwedHandler;
}

export type RunEvent =
  | {
      readonly type: 'run_started';
      /** With it the hashes of withheld data are made. */
      readonly salt?: string;
      /** The run whose changes this one takes back. */
      readonly rollback?: string;
      /** The version of the journal's form; absent in the first one. */
      readonly journal?: number;
      readonly run: string;
      readonly playbooks: readonly string[];
      /** How many plays each of them has. */
      readonly plays?: readonly number[];
      readonly user: string;
      readonly version: string;
      /** A hash for each file read as playbook text and for each host of the inventory. */
      readonly fingerprints: {
        readonly files: Readonly<Record<string, string>>;
        readonly hosts: Readonly<Record<string, string>>;
      };
      readonly check: boolean;
      readonly options: Readonly<Record<string, unknown>>;
      /** What the command was given, for `resume`. */
      readonly start?: Readonly<Record<string, unknown>>;
    }
  | {
      readonly type: 'run_resumed';
      readonly run: string;
      readonly user: string;
      readonly version: string;
      /** Steps that are run again or left out because the operator said so. */
      readonly redo: readonly string[];
      readonly skip: readonly string[];
    }
  | { readonly type: 'play_started'; readonly play: number; readonly name: string; readonly hosts: readonly string[] }
  /** What was answered to a play's `vars_prompt`; nothing private. */
  | { readonly type: 'vars_answered'; readonly play: number; readonly answers: Readonly<Record<string, string>> }
  | { readonly type: 'no_hosts'; readonly play: number; readonly pattern: string }
  | { readonly type: 'task_started'; readonly task: string; readonly name: string; readonly handler: boolean }
  /** What an include brought to hosts: a file of tasks, or a role. */
  | {
      readonly type: 'included';
      readonly task: string;
      readonly kind: 'tasks' | 'role';
      readonly name: string;
      readonly hosts: readonly string[];
      readonly item?: string;
    }
  | {
      readonly type: 'step_started';
      readonly step: string;
      readonly host: string;
      readonly task: string;
      readonly item?: string;
    }
  | {
      readonly type: 'step_applying';
      readonly step: string;
      readonly host: string;
      readonly changes: readonly Change[];
      /** The `.reg` file in the run folder that restores what the changes found. */
      readonly backup?: string;
    }
  | { readonly type: 'step_progress'; readonly step: string; readonly host: string; readonly message: string }
  /** `until` did not hold: the step is tried again, `left` times at most. */
  | {
      readonly type: 'step_retrying';
      readonly step: string;
      readonly host: string;
      readonly task: string;
      readonly name: string;
      readonly left: number;
      readonly delegate?: string;
    }
  | {
      readonly type: 'step_finished';
      readonly step: string;
      readonly host: string;
      readonly task: string;
      readonly outcome: Outcome;
      readonly ignored: boolean;
      readonly changes: readonly Change[];
      readonly failure?: Failure;
      /** What was registered, plain and masked; absent under no_log. */
      readonly result?: Readonly<Record<string, unknown>>;
      /** Facts that the step set for its host. */
      readonly facts?: Readonly<Record<string, unknown>>;
      /** The result and facts are not written down as they are (no_log, or a secret in them). */
      readonly withheld?: true;
      /** In a plan: why nobody can say what the step will do. */
      readonly unknown?: string;
      /** Loop item label, when the step is one item of a loop. */
      readonly item?: string;
      /** The host that did it, where that is another (`delegate_to`), with its address. */
      readonly delegate?: string;
      /** The result is meant for a person (`debug`): shown without `-v`, `wholly` with what it is to the run (`assert`). */
      readonly spoken?: boolean | 'wholly';
      /** What its `diff` says of showing what changed; absent: as the run has it. */
      readonly showDiff?: boolean;
    }
  | {
      readonly type: 'task_finished';
      /** Play and batch, as steps name them (`p0.b0`). */
      readonly play?: string;
      readonly task: string;
      readonly name: string;
      readonly host: string;
      readonly outcome: Outcome;
      readonly ignored: boolean;
      readonly rescued: boolean;
      /** The host that did it, where that is another (`delegate_to`), with its address. */
      readonly delegate?: string;
      /** Number of loop items, absent without a loop. */
      readonly items?: number;
      readonly failure?: Failure;
      readonly result?: Readonly<Record<string, unknown>>;
      /** The result is meant for a person (`debug`): shown without `-v`, `wholly` with what it is to the run (`assert`). */
      readonly spoken?: boolean | 'wholly';
      /** What its `diff` says of showing what changed; absent: as the run has it. */
      readonly showDiff?: boolean;
      readonly changes: readonly Change[];
    }
  | { readonly type: 'handler_notified'; readonly host: string; readonly handler: string; readonly by: string }
  | { readonly type: 'debt_noted'; readonly host: string; readonly debt: Debt }
  | { readonly type: 'debt_settled'; readonly host: string; readonly debt: Debt }
  | { readonly type: 'warning'; readonly message: string; readonly host?: string }
  /** The host goes no further in this run, and only because somebody has to say how: see `resume --redo` and `--skip`. */
  | { readonly type: 'host_stopped'; readonly host: string; readonly step: string; readonly failure: Failure }
  | { readonly type: 'no_more_hosts' }
  | {
      readonly type: 'run_finished';
      readonly run: string;
      readonly hosts: Readonly<Record<string, HostRecap>>;
      readonly debts: Readonly<Record<string, readonly Debt[]>>;
      /** What `set_stats` gathered, by host, or under `_run`; absent when there is nothing. */
      readonly stats?: Readonly<Record<string, unknown>>;
      readonly exitCode: number;
    };

/** An event with its number (strictly rising within a run) and time (ISO 8601, UTC). */
export type StampedEvent = RunEvent & { readonly seq: number; readonly at: string };
