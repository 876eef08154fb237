import type { Change } from './change.js';

/** How a step ended. */
export type Outcome = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable';

/** A failure as data: what `showError` would print, in parts. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** `file:line:column` of the task. */
  readonly place?: string;
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

/** A debt: work that a host is owed until it is done. */
export interface Debt {
  readonly kind: 'restart' | 'handler';
  readonly reason: string;
}

export type RunEvent =
  | {
      readonly type: 'run_started';
      readonly run: string;
      readonly playbooks: readonly string[];
      readonly user: string;
      readonly version: string;
      readonly hash: string;
      readonly check: boolean;
      readonly options: Readonly<Record<string, unknown>>;
    }
  | { readonly type: 'play_started'; readonly play: number; readonly name: string; readonly hosts: readonly string[] }
  | { readonly type: 'no_hosts'; readonly play: number; readonly pattern: string }
  | { readonly type: 'task_started'; readonly task: string; readonly name: string; readonly handler: boolean }
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
    }
  | { readonly type: 'step_progress'; readonly step: string; readonly host: string; readonly message: string }
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
      /** Loop item label, when the step is one item of a loop. */
      readonly item?: string;
      /** The result is meant for a person (`debug`): shown without `-v`. */
      readonly spoken?: boolean;
    }
  | {
      readonly type: 'task_finished';
      readonly task: string;
      readonly name: string;
      readonly host: string;
      readonly outcome: Outcome;
      readonly ignored: boolean;
      readonly rescued: boolean;
      /** Number of loop items, absent without a loop. */
      readonly items?: number;
      readonly failure?: Failure;
      readonly result?: Readonly<Record<string, unknown>>;
      /** The result is meant for a person (`debug`): shown without `-v`. */
      readonly spoken?: boolean;
      readonly changes: readonly Change[];
    }
  | { readonly type: 'handler_notified'; readonly host: string; readonly handler: string; readonly by: string }
  | { readonly type: 'debt_noted'; readonly host: string; readonly debt: Debt }
  | { readonly type: 'debt_settled'; readonly host: string; readonly debt: Debt }
  | { readonly type: 'warning'; readonly message: string; readonly host?: string }
  | { readonly type: 'no_more_hosts' }
  | {
      readonly type: 'run_finished';
      readonly run: string;
      readonly hosts: Readonly<Record<string, HostRecap>>;
      readonly debts: Readonly<Record<string, readonly Debt[]>>;
      readonly exitCode: number;
    };

/** An event with its number (strictly rising within a run) and time (ISO 8601, UTC). */
export type StampedEvent = RunEvent & { readonly seq: number; readonly at: string };
