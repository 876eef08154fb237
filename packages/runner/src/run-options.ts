import type {
  Change,
  Controller,
  Dict,
  HostFiles,
  HostRecap,
  ModuleCatalogue,
  Plain,
  Secrets,
  StampedEvent,
} from '@ratchet/core';
import type { Inventory } from '@ratchet/inventory';
import type { Playbook } from '@ratchet/playbook';
import type { Approved } from './approval.js';
import type { Become, Login } from './become.js';
import type { FactCache } from './fact-cache.js';
import type { Fingerprints } from './fingerprints.js';
import type { HostPort } from './host-state.js';
import type { Journal } from './journal.js';
import type { RecordedRun } from './read-journal.js';
import type { TakeBackModule } from './take-back.js';

/** Whose facts are gathered: as a play says and else none (`explicit`), all (`implicit`), or all whose facts are not known (`smart`). */
export type Gathering = 'explicit' | 'implicit' | 'smart';

/** Everything a run is given. The runner knows neither SSH nor Windows nor a terminal: `connect` and `onEvent` are its ports. */
export interface RunOptions {
  readonly playbooks: readonly Playbook[];
  readonly inventory: Inventory;
  /** A pattern that narrows each play's hosts. */
  readonly limit?: string;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly extraVars: Dict;
  readonly check: boolean;
  readonly diff: boolean;
  /** How many hosts are worked at once. */
  readonly forks: number;
  readonly verbosity: number;
  /** Absent: `smart` where a playbook names facts, `explicit` elsewhere. */
  readonly gathering?: Gathering;
  /** How long a host that was reached may be away in the middle, in seconds; default 60. */
  readonly reconnectSeconds?: number;
  /** False: templates come to text, as with Ansible's `jinja2_native=false`. */
  readonly native?: boolean;
  /** True: any text that is not empty is a condition that holds, as with Ansible's `allow_broken_conditionals`. */
  readonly anyConditions?: boolean;
  /** Facts that outlive a run. */
  readonly factCache?: FactCache;
  /** A host's port; it connects at first use. `vars` are the host's connection variables, templated. */
  connect(host: string, vars: Readonly<Record<string, Plain>>, playbookFolder: string): HostPort;
  /** Who logs in where neither a variable nor a keyword says it. */
  readonly remoteUser?: string;
  /** What a task that says nothing of `become` asks for. */
  readonly become?: Become;
  /** Who would be logged in over such a connection; absent: nobody can say. */
  login?(host: string, vars: Readonly<Record<string, Plain>>): Login;
  /** The files of this machine, and a way to ask the person at it (absent: nobody is there). */
  readonly controllerFiles: HostFiles;
  readonly knock: Controller['knock'];
  readonly ask?: (question: string, echo: boolean) => Promise<string>;
  readonly catalogue: ModuleCatalogue;
  readonly secrets: Secrets;
  /** `.ratchet/runs`: one folder per run is made in it. */
  readonly runsFolder: string;
  /** Opens a new run's journal in the place of `openJournal`: for the benchmark, which measures what the journal costs. No command sets it. */
  openJournal?(runsFolder: string, run: string, secrets: Secrets): Promise<Journal>;
  /** For `rollback_on_failure`. */
  readonly takeBack: TakeBackModule;
  /** The `.reg` file that restores the state before these changes, as bytes; empty when there is nothing to restore. */
  backup(changes: readonly Change[]): Uint8Array;
  onEvent(event: StampedEvent): void;
  readonly signal: AbortSignal;
  /** Continues this run instead of beginning one. */
  readonly resume?: ResumeOptions;
  /** What a later `resume` needs to begin as this run did: kept in the journal as it is, so nothing secret may be in it. */
  readonly start?: Readonly<Record<string, unknown>>;
  /** Reads the inventory's sources again (`meta: refresh_inventory`). */
  reloadInventory?(): Promise<Inventory>;
  /** For the variables of these names: the ansible.cfg that was read, and the inventory's sources. */
  readonly configFile?: string;
  /** A Python of this machine, for playbooks that ask which one runs them. */
  playbookPython?(): string | undefined;
  readonly inventorySources?: readonly string[];
  /** Puts what belongs to a new run into its folder, on disk before the run's first event is. Errors: `journal-write`. */
  intoFolder?(folder: string): void;
  /** Makes these changes and no others. */
  readonly approved?: Approved & { readonly fingerprints: Fingerprints };
  /** Plays of the program's own that run before the playbooks and do not count among their plays. */
  readonly prelude?: Playbook;
  /** In check mode: what hangs on a result that only a real run gives is unknown, not undefined. */
  readonly planning?: boolean;
  /** The run that is taken back: the journal says so. */
  readonly rollback?: string;
  readonly user: string;
  readonly version: string;
  /** Variables of a `vars_files` entry; errors as reading a file. */
  loadVars(path: string): Promise<Dict>;
}

/** A run that is continued, with what the operator said of the steps that nobody can read. */
export interface ResumeOptions {
  readonly recorded: RecordedRun;
  readonly redo: readonly string[];
  readonly skip: readonly string[];
  /** Go on although the playbooks or the inventory are not as they were. */
  readonly acceptChanges: boolean;
}

/** How a run ended. */
export interface RunSummary {
  readonly run: string;
  readonly hosts: Readonly<Record<string, HostRecap>>;
  readonly exitCode: number;
}
