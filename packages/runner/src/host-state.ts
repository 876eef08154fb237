import type {
  BootMarker,
  Change,
  Debt,
  Dict,
  HostKeep,
  HostRecap,
  HostWriter,
  RatchetError,
  ReadingHabit,
  Value,
} from '@ratchet/core';
import type { Task } from '@ratchet/playbook';
import type { RunContext } from './contexts.js';
import { cachedFacts } from './fact-cache.js';
import { restartsAskedFor } from './history.js';
import type { HeldLock } from './host-lock.js';
import type { RunOptions } from './run-options.js';

/** A host's connection as the command hands it to the runner. */
export type HostPort = HostWriter & {
  close(): Promise<void>;
  /** Ends what is kept running on the host for the tasks of one play (a PowerShell process). */
  endSessions?(): Promise<void>;
  /** What the host keeps for every controller; absent on this machine itself. */
  readonly keep?: HostKeep;
  /** How its reads are best sent: set before the first one to what another run found out, and what this one found out since. */
  habit?: ReadingHabit | undefined;
};

/** The changes that a step was about to make. */
export interface Intent {
  readonly step: string;
  /** As the journal holds them: data that may not be written down is withheld here, too. */
  readonly changes: readonly Change[];
  readonly backup?: string;
}

/** What a run remembers of one host, from play to play. */
export interface HostState {
  readonly name: string;
  /** `set_fact` values and registered results: they share a layer, as in Ansible. */
  readonly facts: Dict;
  /** What modules found out about the host. */
  readonly gathered: Dict;
  /** These have changed, and a fact cache does not have them yet. */
  gatheredMoved: boolean;
  /** What `include_vars` read: it ranks below facts that a task set. */
  readonly included: Dict;
  readonly recap: { -readonly [K in keyof HostRecap]: number };
  /** Names that a running batch will register and that cannot be read before it ends. */
  readonly pending: Set<string>;
  /** Handlers notified and not yet run, by handler id. */
  readonly notified: Set<string>;
  debts: Debt[];
  /** What is owed has changed and the host does not know yet. */
  debtsMoved: boolean;
  /** What was settled before the host was met, and may stand in its own list yet. */
  readonly struck: Debt[];
  /** The last writing of it. */
  saving: Promise<void>;
  /** The first contact in this run. */
  met: Promise<void> | undefined;
  /** The boot that the host is in, where it is known. */
  boot: BootMarker | undefined;
  /** It has been asked for, as far as it can be compared with `against`, and nobody has looked at the answer. */
  bootAsked: { readonly answer: Promise<BootMarker>; readonly against: readonly BootMarker[] | undefined } | undefined;
  lock: HeldLock | undefined;
  /** The last look at the lock: they are one after the other. */
  locking: Promise<unknown>;
  /** The port of the first contact, over which the host keeps things for all runs. */
  home: HostPort | undefined;
  /** Debts that a step noted before it was known whether it changes anything, by task. */
  readonly noted: Map<string, Debt[]>;
  /** In check mode: a change that it showed would ask for a restart. */
  wouldOwe: boolean;
  /** In check mode: the changes that it showed and that are not there. */
  readonly would: Change[];
  /** Restarts that this run has asked for. */
  restarts: number;
  failed: boolean;
  /** In how many blocks it is whose rescue or always is still to come: a failure there ends nothing for others. */
  sheltered: number;
  /** In how many blocks it failed whose always it is in now: it has failed again when that is through, unless somebody forgives it. */
  failedInAlways: number;
  /** Failures of tasks that `meta: clear_host_errors` forgave: they do not make the run's exit code. */
  forgiven: number;
  /** The task that failed last, and what it would have registered: for a rescue. */
  failure: { readonly task: Task; readonly result: Value } | undefined;
  unreachable: boolean;
  /** What this run meant to change on it, in order. */
  readonly intents: Intent[];
  /** Registered names whose value the journal withholds, with the step that gave it. */
  readonly withheld: Map<string, string>;
  /** In a plan: registered names whose value only a real run gives. */
  readonly unknown: Set<string>;
  /** Owed handlers that were notified once: a check, which settles nothing, would notify them at each flush. */
  readonly recalled: Set<string>;
  /** Why the host goes no further until the operator says how (resume), or because another run has it. */
  stopped: RatchetError | undefined;
  /** Its connections, by how they were asked for. */
  readonly ports: Map<string, HostPort>;
  /** Opens its port, once a play has the host. */
  open: (() => HostPort) | undefined;
}

/** A host at the start of a run. */
export const newHostState = (name: string, debts: readonly Debt[]): HostState => ({
  name,
  facts: new Map<Value, Value>(),
  gathered: new Map<Value, Value>(),
  gatheredMoved: false,
  included: new Map<Value, Value>(),
  recap: { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0 },
  pending: new Set(),
  notified: new Set(),
  debts: [...debts],
  debtsMoved: false,
  struck: [],
  saving: Promise.resolve(),
  met: undefined,
  boot: undefined,
  bootAsked: undefined,
  lock: undefined,
  locking: Promise.resolve(),
  home: undefined,
  noted: new Map(),
  wouldOwe: false,
  would: [],
  restarts: 0,
  failed: false,
  sheltered: 0,
  failedInAlways: 0,
  forgiven: 0,
  failure: undefined,
  unreachable: false,
  intents: [],
  withheld: new Map(),
  unknown: new Set(),
  recalled: new Set(),
  stopped: undefined,
  ports: new Map(),
  open: undefined,
});

/** What the run remembers of a host, from now on where it knew nothing. */
export const stateOf = (
  run: Pick<RunContext, 'hosts' | 'debts' | 'resume'> & { readonly options: Pick<RunOptions, 'factCache'> },
  name: string,
): HostState => {
  const known = run.hosts.get(name);
  if (known) return known;
  const state = newHostState(name, run.debts.of(name));
  for (const [fact, value] of cachedFacts(run.options, name)) state.gathered.set(fact, value);
  state.restarts = restartsAskedFor(run.resume?.history, name);
  run.hosts.set(name, state);
  return state;
};

/** Whether the host still takes part. */
export const isActive = (host: HostState): boolean => !host.failed && !host.unreachable && !host.stopped;

/** All hosts of a list that still take part. */
export const active = (hosts: readonly HostState[]): readonly HostState[] => hosts.filter(isActive);

export const owesRestart = (host: HostState): boolean => host.debts.some((debt) => debt.kind === 'restart');
