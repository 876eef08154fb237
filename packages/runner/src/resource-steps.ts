import {
  type ApplyContext,
  type Change,
  type HostWriter,
  type NonEmpty,
  RatchetError,
  type ReadContext,
  type ResourceModule,
  showChange,
  toRatchetError,
  writesOf,
} from '@ratchet/core';

/** A resource step with everything decided but its state. */
export interface ResourceStep {
  readonly id: string;
  readonly module: ResourceModule;
  readonly params: unknown;
  readonly checkMode: boolean;
  /** Done by the run that is resumed; looked at for its result only, so that no guard is asked. */
  readonly done?: true;
}

/** How a resource step ended. `changes` are those made (or, in check mode, those it would make). */
export interface ResourceOutcome {
  readonly changes: readonly Change[];
  readonly failure?: RatchetError;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What the steps need from the run. */
export interface ResourceEnvironment {
  readonly host: HostWriter;
  readonly context: ApplyContext;
  /** The step's intent, on disk with its backup when it resolves. */
  intend(step: ResourceStep, changes: readonly Change[]): Promise<void>;
  /** Why a saved plan does not allow these changes. */
  approve?(step: ResourceStep, changes: readonly Change[]): RatchetError | undefined;
  /** Just before a read: what else is to be asked of the host in its turn. */
  ahead?(): void;
  /** The host is expected to need changes: what guards look at is read at once. */
  readonly expectsChanges?: boolean;
  /** After the first read that gave anything: the host has been reached. */
  met?(): Promise<void>;
  /**
   * Before the first change: locks the host. `stale` when another run may have changed what was read before; what else is to be
   * known before the change is asked for by `beside`, in the turn of a read if there is one.
   */
  lock?(
    changing: readonly { readonly step: ResourceStep; readonly changes: readonly Change[] }[],
  ): Promise<{ readonly stale: boolean; beside(): Promise<unknown> } | undefined>;
  /** In check mode: what earlier steps would have changed. */
  readonly earlier?: readonly Change[];
  /** What an interrupted run meant to change with this (only) step: told to its first read. */
  readonly interrupted?: readonly Change[];
}

interface Read {
  readonly step: ResourceStep;
  readonly state: unknown;
  readonly changes: readonly Change[];
}

const under = (path: string, parent: string): boolean => path === parent || path.startsWith(`${parent}\\`);

/** Whether a step that looks at these keys would see, or be seen by, one of the changes. */
export const touches = (footprint: readonly string[], changes: readonly Change[]): boolean =>
  changes.some((change) => {
    if (change.kind !== 'registry-value' && change.kind !== 'registry-key') return false;
    const path = change.path.toLowerCase();
    return footprint.some((key) => under(path, key.toLowerCase()) || under(key.toLowerCase(), path));
  });

const refusal = (read: Read): RatchetError | undefined => {
  const { module, params } = read.step;
  if (module.apply) return undefined;
  if (module.refuse) {
    const refused = module.refuse(params, read.state);
    return refused
      ? new RatchetError(refused.code ?? 'assertion-failed', refused.message, { hint: refused.hint })
      : undefined;
  }
  if (read.changes.length === 0) return undefined;
  return new RatchetError('assertion-failed', `${module.name}: ${read.changes.map(showChange).join('; ')}`);
};

const asksGuard = ({ step, changes }: Read): boolean => changes.length > 0 && !step.done;

const guardReads = ({ module, params }: ResourceStep): boolean => module.guardReads?.(params) ?? false;

const guarded = (
  { step, state, changes }: Read,
  earlier: readonly Change[],
  later: readonly Change[],
): RatchetError | undefined => {
  const refused = step.module.guard?.(step.params, state, changes as NonEmpty<Change>, earlier, later);
  if (!refused) return undefined;
  const { message, override, overrideValue = 'true' } = refused;
  const hint = `${refused.hint} To do it all the same, set ${override}: ${overrideValue}.`;
  return new RatchetError('guard-refused', message, { hint, details: { override } });
};

const valuesOf = (read: Read): Readonly<Record<string, unknown>> =>
  read.step.module.result?.(read.step.params, read.state, read.changes) ?? {};

const didNotStick = (left: readonly Change[]): RatchetError =>
  new RatchetError('did-not-stick', `What was written is not there: ${left.map(showChange).join('; ')}`, {
    hint: 'A group policy or another tool has written it back; find out which (gpresult /h report.html) before running again.',
  });

const verifyLeft = (read: Read, after: unknown): readonly Change[] =>
  read.step.module.verify
    ? read.step.module.verify(read.step.params, read.state, after)
    : read.step.module.diff(read.step.params, after);

const readAll = (
  steps: readonly ResourceStep[],
  env: ResourceEnvironment,
  context: ReadContext = env.context,
): Promise<PromiseSettledResult<unknown>[]> =>
  Promise.allSettled(steps.map((step) => step.module.read(step.params, env.host, context)));

const firstLook = ({ context, interrupted, expectsChanges }: ResourceEnvironment): ReadContext => ({
  ...context,
  ...(interrupted ? { interrupted } : {}),
  ...(expectsChanges ? { guarding: true } : {}),
});

interface Decided {
  readonly reads: readonly Read[];
  readonly failure?: RatchetError;
}

const changesOf = (reads: readonly Read[]): readonly Change[] => reads.flatMap(({ changes }) => changes);

/** The steps before the first whose guard refuses. Each cut takes later changes away that others may have been let through for. */
const letThrough = (decided: Decided, earlier: readonly Change[], asks: (read: Read) => boolean): Decided => {
  const { reads } = decided;
  for (const [index, read] of reads.entries()) {
    const before = [...earlier, ...changesOf(reads.slice(0, index))];
    const failure = asks(read) ? guarded(read, before, changesOf(reads.slice(index + 1))) : undefined;
    if (failure) return letThrough({ reads: reads.slice(0, index), failure }, earlier, asks);
  }
  return decided;
};

/**
 * The steps that may be decided on one read: those before the first that fails, refuses, or looks at what an earlier one changes.
 * A guard that needs more than the light read is asked only after the `guarding` one.
 */
const decide = (
  steps: readonly ResourceStep[],
  states: readonly PromiseSettledResult<unknown>[],
  env: ResourceEnvironment,
  read: 'light' | 'guarding',
): Decided => {
  const asks = (one: Read): boolean => asksGuard(one) && (read === 'guarding' || !guardReads(one.step));
  return letThrough(readsIn(steps, states, env), env.earlier ?? [], asks);
};

const readsIn = (
  steps: readonly ResourceStep[],
  states: readonly PromiseSettledResult<unknown>[],
  env: ResourceEnvironment,
): Decided => {
  const reads: Read[] = [];
  for (const [index, step] of steps.entries()) {
    const state = states[index] as PromiseSettledResult<unknown>;
    if (state.status === 'rejected') return { reads, failure: toRatchetError(state.reason) };
    const one: Read = { step, state: state.value, changes: step.module.diff(step.params, state.value) };
    if (touches(step.module.footprint?.(step.params).registry ?? [], changesOf(reads))) return { reads };
    const refused = refusal(one) ?? env.approve?.(step, one.changes);
    if (refused) return { reads, failure: refused };
    reads.push(one);
  }
  return { reads };
};

const verifyAll = async (
  reads: readonly Read[],
  env: ResourceEnvironment,
): Promise<ReadonlyMap<Read, RatchetError>> => {
  const states = await readAll(
    reads.map((read) => read.step),
    env,
  );
  const failures = new Map<Read, RatchetError>();
  for (const [index, read] of reads.entries()) {
    const state = states[index] as PromiseSettledResult<unknown>;
    if (state.status === 'rejected') failures.set(read, toRatchetError(state.reason));
    else {
      const left = verifyLeft(read, state.value);
      if (left.length > 0) failures.set(read, didNotStick(left));
    }
  }
  return failures;
};

/**
 * The verifying read is asked for beside the write, so that the host's port sends it after the import in the same round trip.
 * A key that the port reads in another way may be read too early: what seems not to stick is looked at again. When the host
 * refused the write, only the steps whose changes are not there have failed by it.
 */
const writeAndVerify = async (
  reads: readonly Read[],
  env: ResourceEnvironment,
): Promise<ReadonlyMap<Read, RatchetError>> => {
  const written = env.host.writeRegistry(reads.flatMap((read) => writesOf(read.changes)));
  const [write, verified] = await Promise.allSettled([written, verifyAll(reads, env)]);
  if (verified.status === 'rejected') throw verified.reason;
  if (write.status === 'fulfilled') return verified.value.size === 0 ? verified.value : verifyAll(reads, env);
  const refused = toRatchetError(write.reason);
  if (refused.code !== 'access-denied') throw refused;
  const left = await verifyAll(reads, env);
  return new Map([...left].map(([read, failure]) => [read, failure.code === 'did-not-stick' ? refused : failure]));
};

const makeChanges = async (
  changing: readonly Read[],
  env: ResourceEnvironment,
): Promise<ReadonlyMap<Read, RatchetError>> => {
  if (changing.length === 0) return new Map();
  await Promise.all(changing.map((read) => env.intend(read.step, read.changes)));
  try {
    const [only] = changing;
    if (changing.length === 1 && only && !only.step.module.registryOnly)
      await only.step.module.apply?.(only.changes as NonEmpty<Change>, env.host, env.context, only.step.params);
    else return await writeAndVerify(changing, env);
  } catch (thrown) {
    const failure = toRatchetError(thrown);
    if (failure.code === 'journal-write') throw failure;
    return new Map(changing.map((read) => [read, failure]));
  }
  return verifyAll(changing, env);
};

const isChanging = (read: Read): boolean =>
  read.changes.length > 0 && read.step.module.apply !== undefined && !read.step.checkMode;

/**
 * Reads and decides. Where there is something to change, the steps that change are read once more: under the host's lock when another run
 * may have had it since the first read, and with what their guards look at when that was not read at once.
 */
const readLocked = async (steps: readonly ResourceStep[], env: ResourceEnvironment): Promise<Decided> => {
  env.ahead?.();
  const states = await readAll(steps, env, firstLook(env));
  if (states.some(({ status }) => status === 'fulfilled')) await env.met?.();
  const first = decide(steps, states, env, env.expectsChanges ? 'guarding' : 'light');
  const open = first.reads.filter((read) => read.changes.length > 0);
  const changing = open.filter(isChanging);
  const locked = changing.length > 0 ? await env.lock?.(changing) : undefined;
  const unguarded = open.some((read) => asksGuard(read) && guardReads(read.step)) && !env.expectsChanges;
  if (!locked?.stale && !unguarded) return first;
  const seen = open.map((read) => read.step);
  const [again] = await Promise.all([readAll(seen, env, { ...firstLook(env), guarding: true }), locked?.beside()]);
  const newest = steps.map((step, index) => again[seen.indexOf(step)] ?? states[index]);
  return decide(steps, newest as readonly PromiseSettledResult<unknown>[], env, 'guarding');
};

/**
 * Runs consecutive resource steps of one host on one read, one import and one verifying read. It may end before the last
 * step: after a failure, or where a step looks at what an earlier one changed. The outcomes are those of the steps done, in order
 * (at least one); the caller goes on with the rest.
 */
export const runResourceSteps = async (
  steps: readonly ResourceStep[],
  env: ResourceEnvironment,
): Promise<readonly ResourceOutcome[]> => {
  const { reads, failure } = await readLocked(steps, env);
  const changing = reads.filter(isChanging);
  const failures = await makeChanges(changing, env);
  const outcomes: ResourceOutcome[] = [];
  for (const read of reads) {
    const failed = failures.get(read);
    outcomes.push({
      changes: read.step.module.apply ? read.changes : [],
      values: valuesOf(read),
      ...(failed ? { failure: failed } : {}),
    });
    if (failed) return outcomes;
  }
  if (failure) outcomes.push({ changes: [], values: {}, failure });
  return outcomes;
};
