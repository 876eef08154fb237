import type {
  Change,
  GuardRefusal,
  HostReader,
  ParameterInfo,
  RegistryData,
  RegistryFinding,
  RegistryQuery,
  RegistryValueChange,
  ResourceModule,
  WindowsVersion,
} from '@ratchet/core';
import { sameData, writesOf } from '@ratchet/core';
import { z } from 'zod';
import type { FoundValue } from './registry-state.js';
import { keysBelow, registryData, sameName, valueIn } from './registry-state.js';

/** A value as it shall be; `data: null` is absent. Paths are canonical. */
export interface DesiredValue {
  readonly path: string;
  readonly name: string;
  readonly data: RegistryData | null;
}

/** What the desired values may depend on. */
export type Bitness = Pick<WindowsVersion, 'is64Bit'>;

/** The raw values found, and the bitness of Windows where the module depends on it (null where not). */
export interface RegistryState {
  readonly is64Bit: boolean | null;
  readonly values: readonly FoundValue[];
}

/** The state with what the module's guard decides on. */
export interface GuardedState<Facts> extends RegistryState {
  readonly facts: Facts | null;
}

const registryState = z.object({
  is64Bit: z.boolean().nullable(),
  values: z.array(
    z.object({ path: z.string(), name: z.string(), data: registryData.nullable(), above: z.string().optional() }),
  ),
});

/** What holds a module of the registry family back from changes that would cut a host off. */
export interface RegistryGuard<Params, Facts> {
  readonly facts: z.ZodType<Facts>;
  /** Reads what `refuse` decides on, when there are changes; what it asks for at once goes in the same round trip as the module's own second read. */
  read(params: Params, host: HostReader): Promise<Facts>;
  /** See `ResourceModule.guard`. */
  refuse(
    params: Params,
    facts: Facts,
    changes: readonly Change[],
    earlier: readonly Change[],
    later: readonly Change[],
  ): GuardRefusal | null;
}

/** What a module of the registry family consists of. */
export interface RegistryModuleSpec<Params, Facts = undefined> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly params: z.ZodType<Params>;
  readonly parameters: Readonly<Record<string, ParameterInfo>>;
  /** Whether its values are in force only after a restart. */
  readonly restart: boolean;
  /** Whether `desired` looks at the bitness of Windows. */
  readonly dependsOnBitness?: boolean;
  desired(params: Params, windows: Bitness): readonly DesiredValue[];
  /** A subtree that holds all the values and is cheaper to read at once; default: one query per key. */
  readonly tree?: string;
  result?(params: Params, state: RegistryState): Readonly<Record<string, unknown>>;
  readonly guard?: RegistryGuard<Params, Facts>;
}

const KINDS: readonly Bitness[] = [{ is64Bit: true }, { is64Bit: false }];

const unique = (values: readonly DesiredValue[]): readonly DesiredValue[] =>
  values.filter(
    (value, index) =>
      values.findIndex((other) => sameName(other.path, value.path) && sameName(other.name, value.name)) === index,
  );

const keysOf = (values: readonly DesiredValue[]): readonly string[] => [
  ...new Map(values.map(({ path }) => [path.toLowerCase(), path])).values(),
];

/**
 * A resource module that only holds registry values at desired data: read in one round trip, compared exactly (type and
 * content), written in one import.
 */
export const registryModule = <Params, Facts = undefined>(
  spec: RegistryModuleSpec<Params, Facts>,
): ResourceModule<Params, GuardedState<Facts>, RegistryValueChange> => {
  const candidates = (params: Params): readonly DesiredValue[] =>
    unique((spec.dependsOnBitness ? KINDS : KINDS.slice(0, 1)).flatMap((kind) => spec.desired(params, kind)));
  const queries = (params: Params): readonly RegistryQuery[] =>
    spec.tree === undefined ? keysOf(candidates(params)).map((path) => ({ path })) : [{ path: spec.tree, tree: true }];
  const { name, aliases, summary, parameters, params, result } = spec;
  return {
    kind: 'resource',
    name,
    ...(aliases ? { aliases } : {}),
    summary,
    parameters,
    params,
    state: registryState.extend({ facts: (spec.guard?.facts ?? z.null()).nullable() }) as z.ZodType<
      GuardedState<Facts>
    >,
    registryOnly: true,
    footprint: (given) => ({ registry: keysOf(candidates(given)) }),
    async read(given, host, context) {
      const asked = queries(given);
      const [findings, windows, facts] = await Promise.all([
        host.lookUp(asked),
        spec.dependsOnBitness ? host.windows() : null,
        spec.guard && context.guarding ? spec.guard.read(given, host) : null,
      ]);
      const values = candidates(given).map(({ path, name: value }) => {
        const own = spec.tree === undefined ? asked.findIndex((query) => sameName(query.path, path)) : 0;
        return valueIn(findings[own] as RegistryFinding, path, value);
      });
      return { is64Bit: windows?.is64Bit ?? null, values, facts };
    },
    diff(given, state) {
      const found = (wanted: DesiredValue): FoundValue | undefined =>
        state.values.find((value) => sameName(value.path, wanted.path) && sameName(value.name, wanted.name));
      return spec.desired(given, { is64Bit: state.is64Bit ?? true }).flatMap((wanted): RegistryValueChange[] => {
        const { data: before = null, above } = found(wanted) ?? {};
        if (sameData(before, wanted.data)) return [];
        const { path, name: value, data: after } = wanted;
        const creates = above === undefined ? {} : { creates: keysBelow(above, path) };
        return [{ kind: 'registry-value', path, name: value, before, after, ...creates, restart: spec.restart }];
      });
    },
    guardReads: () => spec.guard !== undefined,
    guard: (given, { facts }, ...changes) =>
      spec.guard && facts !== null ? spec.guard.refuse(given, facts, ...changes) : null,
    apply: (changes, host) => host.writeRegistry(writesOf(changes)),
    ...(result ? { result: (given: Params, before: RegistryState) => result(given, before) } : {}),
  };
};
