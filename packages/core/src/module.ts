import type { ZodType } from 'zod';
import type { Change } from './change.js';
import type { Controller } from './controller.js';
import type { ErrorCode } from './errors.js';
import type { HostReader, HostWriter } from './host.js';
import type { Dict, Plain, Value } from './value.js';

export type NonEmpty<T> = readonly [T, ...T[]];

/** How sure the runner may be that a batch of steps does not get in each other's way (DESIGN: one read, one import). */
export interface Footprint {
  /** Canonical registry paths (with all below them) that this step reads or writes. */
  readonly registry: readonly string[];
}

/** Why a module's guard does not let changes be made, and the parameter with which they are made all the same. */
export interface GuardRefusal {
  readonly message: string;
  readonly hint: string;
  readonly override: string;
  /** The parameter's value; default true. */
  readonly overrideValue?: string;
}

/** Settings of the run that a module may look at; nothing here lets it write. */
export interface ReadContext {
  readonly checkMode: boolean;
  /** What the runner knows of owed restarts: true when a changed step of this or an earlier run still waits for one. */
  readonly restartOwed: boolean;
  /** There are changes that the module's guard is asked about after this read; without it, what only the guard needs is not read. */
  readonly guarding?: true;
  /** How often this run has restarted the host; default 0. */
  readonly restartsDone?: number;
  /** Set on the first look at a step that an earlier run of the journal began to apply and did not end: what it meant to change. */
  readonly interrupted?: readonly Change[];
}

export interface ApplyContext extends ReadContext {
  readonly signal: AbortSignal;
  /** Progress that a person may see while a long step runs (waiting for a restart). */
  progress(message: string): void;
  /** Milliseconds clock and sleep, injected so that tests need not wait. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** What every module has. */
export interface ModuleInfo {
  readonly name: string;
  /** Other names it answers to, e.g. `win_regedit`, `ansible.windows.win_regedit`. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** Parameter names and aliases, for documentation, completion and the nearest-name hint. */
  readonly parameters: Readonly<Record<string, ParameterInfo>>;
  /** A parameter that a bare text (`command: whoami`) goes to. */
  readonly freeForm?: string;
  /** White space at the end of that text is part of it. */
  readonly keepsLineEnd?: true;
  /** All it does is restart the host: a restart by anybody else does the same. */
  readonly restarts?: true;
  /** Names of the facts it gathers, without `ansible_`; `*` stands for further letters. A playbook that names one has them gathered. */
  readonly facts?: readonly string[];
  /** Any other parameter name is welcome too (`set_fact`). */
  readonly openParameters?: boolean;
}

export interface ParameterInfo {
  readonly description: string;
  readonly required?: boolean;
  readonly default?: Plain;
  readonly choices?: readonly Plain[];
  readonly aliases?: readonly string[];
}

/**
 * A resource: a schema and small functions. The runner reads, diffs and, unless in check mode, journals, backs up,
 * applies, reads again and verifies.
 */
export interface ResourceModule<Params = unknown, State = unknown, C extends Change = Change> extends ModuleInfo {
  readonly kind: 'resource';
  /** Parses the parameters after templating; `parameters`' aliases are resolved before. */
  readonly params: ZodType<Params>;
  readonly state: ZodType<State>;
  /** One round trip. A failed read is an error, never an empty state. */
  read(params: Params, host: HostReader, context: ReadContext): Promise<State>;
  /** Pure and total: [] means converged. */
  diff(params: Params, state: State): readonly C[];
  /** Absent: an assertion. */
  apply?(changes: NonEmpty<C>, host: HostWriter, context: ApplyContext, params: Params): Promise<void>;
  /** What is left over after apply; default `diff(params, after)`. */
  verify?(params: Params, before: State, after: State): readonly C[];
  /** For an assertion: why the state is not acceptable, or null. Without it an assertion fails when diff is not []. */
  refuse?(
    params: Params,
    state: State,
  ): { readonly message: string; readonly hint?: string; readonly code?: ErrorCode } | null;
  /**
   * Why these changes must not be made, or null. Pure; asked before they are made or, in check mode, shown. `earlier` are changes
   * that stand before them and that the state does not show yet, `later` those that are made together with them and come after.
   */
  guard?(
    params: Params,
    state: State,
    changes: NonEmpty<C>,
    earlier: readonly Change[],
    later: readonly Change[],
  ): GuardRefusal | null;
  /** The guard decides on what `read` reads only with `guarding`: where there are changes, the step is read once more for it. */
  guardReads?(params: Params): boolean;
  /** Steps with a footprint may share a read, an import and a verifying read; absent: the step stands alone. */
  footprint?(params: Params): Footprint;
  /** `apply` is only `writeRegistry(writesOf(changes))`, so that the runner may import several steps' changes at once. */
  readonly registryOnly?: boolean;
  /** What `register` gets beside `changed` and `diff`. */
  result?(params: Params, before: State, changes: readonly C[]): Readonly<Record<string, unknown>>;
}

/** What an action's `run` gives. */
export interface ActionResult {
  readonly changed?: boolean;
  readonly failed?: boolean;
  readonly skipped?: boolean;
  /** In check mode: it would have run, and only then is known what it does and gives. */
  readonly guessed?: boolean;
  readonly msg?: string;
  /** Beside the above: what `register` gets. A `msg` here is what it gets instead of the one above (a list, say). */
  readonly values?: Readonly<Record<string, unknown>>;
  /** Facts to set for the host (`set_fact`). */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** The facts stand among those that were gathered too, and are kept for later runs where there is a fact cache. */
  readonly cacheable?: boolean;
  /** Variables for the host that rank below what `set_fact` sets (`include_vars`); their templates are finished when used. */
  readonly variables?: Dict;
  /** A host for the inventory of this run (`add_host`). The runner answers with `changed` whether it was new to it. */
  readonly addHost?: AddedHost;
  /** Groups that the host joins for this run (`group_by`). */
  readonly joinGroups?: readonly { readonly name: string; readonly parents: readonly string[] }[];
  /** Statistics for the end of the run (`set_stats`). */
  readonly stats?: {
    readonly data: Readonly<Record<string, unknown>>;
    readonly perHost: boolean;
    readonly aggregate: boolean;
  };
  readonly changes?: readonly Change[];
}

/** A host that joins the inventory while a run goes on. */
export interface AddedHost {
  readonly name: string;
  readonly groups: readonly string[];
  readonly vars: Readonly<Record<string, unknown>>;
}

/** The folders of a role (or beside a playbook) in which a task's files are looked for. */
export type SearchFolder = 'files' | 'templates' | 'tasks' | 'vars';

export interface ActionContext extends ApplyContext {
  /** How many -v were given; default 0 (`debug: verbosity:`). */
  readonly verbosity?: number;
  /** Templates come to text, as with Ansible's `jinja2_native=false`. */
  readonly textMode?: boolean;
  /** Whether `--diff` (or the task's `diff`) asks for what changed in files. */
  readonly diffMode?: boolean;
  /** The folder of the playbook, for what is relative to it. */
  readonly playbookFolder?: string;
  readonly controller: Controller;
  /**
   * The value of the bare expression that a parameter holds (debug's `var`) in the task's variables. Where a template gave it, it may name
   * a variable or something in one; any other such text is its own value. Throws as a template would.
   */
  evaluate(parameter: string, expression: string): unknown;
  /**
   * The conditions under a parameter as they are written, in order, for parameters that hold some (assert's `that`): what a template
   * in them comes to is never read as code. Throws as a template would.
   */
  conditions(parameter: string): readonly { readonly shown: () => Plain; readonly holds: () => boolean }[];
  /** The finished value of one of the task's variables, or undefined when there is none. Throws as a template would. */
  variable(name: string): Plain | undefined;
  /** The same as it was written, templates in it. */
  rawVariable(name: string): Value | undefined;
  /** The folder of the role that the task stands in, if any, and that of its task file. */
  readonly place: { readonly role?: string; readonly folder: string };
  /**
   * The path of a file or folder of the controller that a task names, looked for as Ansible does: in `folder` of the role, beside the
   * task's file, beside the playbook; undefined when it is nowhere.
   */
  findFile(folder: SearchFolder, name: string): string | undefined;
  /** Where `findFile` looks, for messages. */
  searched(folder: SearchFolder, name: string): readonly string[];
  /** The variables of a YAML or JSON file of the controller, vaults opened. Throws file, YAML and vault errors, and `playbook-invalid`. */
  readVariables(path: string): Promise<Dict>;
}

/** An action: a schema and one `run`. In check mode it is run only when `checkMode` is 'runs'; otherwise it is skipped. */
export interface ActionModule<Params = unknown> extends ModuleInfo {
  readonly kind: 'action';
  readonly params: ZodType<Params>;
  /** 'runs': harmless in check mode (debug). 'skips': reported as skipped there. */
  readonly checkMode: 'runs' | 'skips';
  /** Whether it needs a host at all (debug, set_fact, assert and fail do not). */
  readonly needsHost: boolean;
  /**
   * Whether these parameters may be run again when it is not known if an interrupted run got through: true for what only reads, or
   * looks before it writes. Absent: only for actions that need no host.
   */
  repeatable?(params: Params): boolean;
  /** What it does lives in the run's memory (variables, inventory): a continued run does it again. */
  readonly inMemory?: boolean;
  /** It runs on the first host of a batch, for all of them. */
  readonly oncePerBatch?: boolean;
  /** Its result is meant for a person and is shown without `-v`: what it says (debug), or `wholly` (assert). */
  readonly speaks?: boolean | 'wholly';
  run(params: Params, host: HostWriter, context: ActionContext): Promise<ActionResult>;
}

// biome-ignore lint/suspicious/noExplicitAny: modules of every parameter and state type stand in one registry; each parses its own.
export type Module = ResourceModule<any, any, any> | ActionModule<any>;

/** The modules known to a run; handed to the playbook's static checks and to the runner. */
export interface ModuleCatalogue {
  /** By name, alias or fully qualified name. */
  find(name: string): Module | undefined;
  names(): readonly string[];
}
