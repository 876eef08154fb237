import type {
  ActionContext,
  ApplyContext,
  Change,
  NonEmpty,
  ReadContext,
  RegistryData,
  ResourceModule,
} from '@ratchet/core';
import { type FakeHost, noFiles } from './fake-host.js';

/** What a task on a fake host gave, in the words of `register`. */
export interface TaskEnd {
  readonly failed?: true;
  readonly message?: string;
  /** The parameter that a guard names. */
  readonly override?: string;
  readonly changed: boolean;
  readonly changes: readonly Change[];
  readonly result: Readonly<Record<string, unknown>>;
}

/** What an action may ask of the controller's files and variables: there are none. */
export const nothingThere: Pick<
  ActionContext,
  'variable' | 'rawVariable' | 'place' | 'findFile' | 'searched' | 'readVariables' | 'controller'
> = {
  variable: () => undefined,
  rawVariable: () => undefined,
  place: { folder: '/playbook' },
  findFile: () => undefined,
  searched: () => [],
  readVariables: () => Promise.reject(new Error('this test reads no files')),
  controller: {
    files: noFiles,
    render: (text) => text,
    knock: () => Promise.reject(new Error('this test knocks at no port')),
  },
};

/** The context of a run on a fake clock that starts at 0 and moves only by `sleep`. */
export const fakeContext = (given: Partial<ApplyContext> = {}): ApplyContext & { readonly told: readonly string[] } => {
  let clock = 0;
  const told: string[] = [];
  return {
    checkMode: false,
    restartOwed: false,
    signal: new AbortController().signal,
    progress: (message) => {
      told.push(message);
    },
    now: () => clock,
    sleep: async (ms) => {
      clock += ms;
    },
    told,
    ...given,
  };
};

const withoutAliases = (
  module: ResourceModule,
  parameters: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const names = new Map(
    Object.entries(module.parameters).flatMap(([name, { aliases }]) =>
      (aliases ?? []).map((alias) => [alias, name] as const),
    ),
  );
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [names.get(name) ?? name, value]));
};

/** A resource task as the runner does it: parse, read, diff and, unless in check mode, apply, read again, verify. */
export const runTask = async (
  module: ResourceModule,
  parameters: Readonly<Record<string, unknown>>,
  host: FakeHost,
  context: ApplyContext = fakeContext(),
  earlier: readonly Change[] = [],
  later: readonly Change[] = [],
): Promise<TaskEnd> => {
  const none = { changed: false, changes: [], result: {} };
  const parsed = module.params.safeParse(withoutAliases(module, parameters));
  if (!parsed.success)
    return { ...none, failed: true, message: parsed.error.issues.map((issue) => issue.message).join('\n') };
  const look = async (how: ReadContext) => module.state.parse(await module.read(parsed.data, host.reader, how));
  let before = await look(context);
  if (module.guardReads?.(parsed.data) && module.diff(parsed.data, before).length > 0)
    before = await look({ ...context, guarding: true });
  const changes = module.diff(parsed.data, before);
  const result = module.result?.(parsed.data, before, changes) ?? {};
  const refusal = module.refuse?.(parsed.data, before);
  if (refusal) return { changed: false, changes, result, failed: true, message: refusal.message };
  const [first, ...others] = changes;
  const guarded = first ? module.guard?.(parsed.data, before, [first, ...others], earlier, later) : null;
  if (guarded) return { ...none, failed: true, message: guarded.message, override: guarded.override };
  if (changes.length === 0 || context.checkMode || !module.apply)
    return { changed: changes.length > 0, changes, result };
  await module.apply(changes as NonEmpty<Change>, host, context, parsed.data);
  const after = await module.read(parsed.data, host.reader, context);
  const left = module.verify ? module.verify(parsed.data, before, after) : module.diff(parsed.data, after);
  if (left.length > 0) return { changed: true, changes, result, failed: true, message: 'did not stick' };
  return { changed: true, changes, result };
};

/** A DWORD. */
export const dword = (number: number): RegistryData => ({ type: 'REG_DWORD', number });

/** The context of an action: a fake clock, and neither variables nor files of the controller. */
export const fakeActionContext = (): ActionContext => ({
  ...fakeContext(),
  ...nothingThere,
  evaluate: (_parameter, expression) => expression,
  conditions: () => [],
});
