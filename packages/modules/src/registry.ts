import type {
  GuardRefusal,
  ModuleInfo,
  RegistryData,
  RegistryKey,
  RegistryKeyChange,
  RegistryQuery,
  RegistryValueChange,
  RegistryWrite,
  ResourceModule,
} from '@ratchet/core';
import { sameData, showData, writesOf } from '@ratchet/core';
import { z } from 'zod';
import { flag, text } from './parameter-values.js';
import { DATA_TYPES, parseData } from './registry-data.js';
import { protocolOfValue, protocolsOfDeletedKey } from './registry-guard.js';
import { type PathResult, regeditPath, registryPath } from './registry-path.js';
import { dataIn, keysBelow, registryData } from './registry-state.js';
import { type GuardedParams, type Facts as SchannelFacts, schannelGuard } from './schannel-guard.js';
import { OVERRIDE_HELP, type Overrides, overrides } from './schannel-overrides.js';

/** What the task's parameters let pass that a guard would refuse. */
interface Allowed {
  readonly allowWow6432: boolean;
  readonly overrides: Overrides;
}

/** What the task wants, decided from its parameters. */
type Wanted = Allowed & WantedThing;

type WantedThing =
  | { readonly target: 'key'; readonly path: string; readonly present: boolean }
  | { readonly target: 'value'; readonly path: string; readonly name: string; readonly data: RegistryData | null };

const parameters = {
  path: text,
  name: text.nullish(),
  data: z.unknown().optional(),
  type: z.enum(DATA_TYPES).default('string'),
  state: z.enum(['present', 'absent']).default('present'),
  delete_key: flag.default(true),
  hive: z.unknown().optional(),
  allow_wow6432node: flag.default(false),
  ...overrides,
};

interface Manner {
  readonly parsePath: (text: string) => PathResult;
  readonly pathHelp: string;
  readonly nameHelp: string;
  /** Whether `(Default)`, as regedit.exe and reg.exe show the unnamed value, means that one; to Ansible it is a name like any other. */
  readonly knowsDefault: boolean;
  /** What `allow_unsupported_protocol` is where it is not given. */
  readonly allowsUnsupported: boolean;
}

const isDefault = (name: string): boolean => name.toLowerCase() === '(default)';

const paramsWith = ({ parsePath, knowsDefault, allowsUnsupported }: Manner) =>
  z
    .strictObject({ ...parameters, allow_unsupported_protocol: flag.default(allowsUnsupported) })
    .transform((task, context): Wanted => {
      const refuse = (parameter: string, message: string): never => {
        context.addIssue({ code: 'custom', path: [parameter], message });
        return z.NEVER;
      };
      if (task.hive !== undefined && task.hive !== null)
        return refuse('hive', 'loading a hive file is not supported: load it with "reg load" in a command task first');
      const place = parsePath(task.path);
      if ('problem' in place) return refuse('path', place.problem);
      const { path } = place;
      const allowed: Allowed = { allowWow6432: task.allow_wow6432node, overrides: task };
      const unnamed = task.name === undefined || task.name === null || task.name === '';
      const given = unnamed ? '' : String(task.name);
      const name = knowsDefault && isDefault(given) ? '' : given;
      if (task.state === 'absent')
        return unnamed && task.delete_key
          ? { target: 'key', path, present: false, ...allowed }
          : { target: 'value', path, name, data: null, ...allowed };
      if (unnamed && (task.data === undefined || task.data === null))
        return { target: 'key', path, present: true, ...allowed };
      const parsed = parseData(task.type, task.data);
      if ('problem' in parsed) return refuse('data', parsed.problem);
      return { target: 'value', path, name, data: parsed.data, ...allowed };
    });

const registryKey: z.ZodType<RegistryKey> = z.object({
  path: z.string(),
  values: z.array(z.object({ name: z.string(), data: registryData })),
  get subkeys() {
    return z.array(registryKey);
  },
});

/** The key as found (with its subtree when it shall go); null is absent, below the key `above`. */
interface State {
  readonly key: RegistryKey | null;
  readonly above?: string | undefined;
  /** The path is of the 32-bit view, and this Windows has none. */
  readonly lacksView: boolean;
  /** What decides whether SCHANNEL's protocols may be changed so; null where none is, or nothing was to change. */
  readonly schannel: SchannelFacts | null;
}

const queryFor = (wanted: Wanted): RegistryQuery => {
  if (wanted.target === 'value') return { path: wanted.path, value: wanted.name };
  return wanted.present ? { path: wanted.path } : { path: wanted.path, tree: true };
};

const contents = (key: RegistryKey): readonly RegistryWrite[] => [
  { op: 'create-key', path: key.path },
  ...key.values.map(({ name, data }): RegistryWrite => ({ op: 'set', path: key.path, name, data })),
  ...key.subkeys.flatMap(contents),
];

// Which values are read only when Windows or a program starts: windows-facts 1.4 and 2.
const RESTART = /\\(?:SCHANNEL\\Protocols|\.NETFramework\\v[\d.]+)(?:\\|$)/i;

type RegistryChange = RegistryValueChange | RegistryKeyChange;

const creating = (path: string, above: string | undefined): { readonly creates?: readonly string[] } =>
  above === undefined ? {} : { creates: keysBelow(above, path) };

const keyChange = (wanted: Wanted & { target: 'key' }, { key, above }: State): readonly RegistryKeyChange[] => {
  const { path, present } = wanted;
  if (present === (key !== null)) return [];
  const restart = RESTART.test(path);
  return key === null
    ? [{ kind: 'registry-key', path, before: 'absent', after: 'present', ...creating(path, above), restart }]
    : [{ kind: 'registry-key', path, before: 'present', after: 'absent', deleted: contents(key), restart }];
};

const valueChange = (wanted: Wanted & { target: 'value' }, { key, above }: State): readonly RegistryValueChange[] => {
  const { path, name, data: after } = wanted;
  const before = dataIn(key, name);
  if (sameData(before, after)) return [];
  return [{ kind: 'registry-value', path, name, before, after, ...creating(path, above), restart: RESTART.test(path) }];
};

const WOW6432 = /^HKEY_LOCAL_MACHINE\\SOFTWARE\\(?:.*\\)?Wow6432Node(?:\\|$)/i;

// On a 32-bit Windows such a key would be an ordinary one that no program looks at.
const refuseLackingView = (
  wanted: Wanted,
  { lacksView }: State,
  changes: readonly RegistryChange[],
): GuardRefusal | null => {
  if (!lacksView || wanted.allowWow6432) return null;
  if (changes.every(({ after }) => after === null || after === 'absent')) return null;
  return {
    message: `${wanted.path} is of the 32-bit view, which this 32-bit Windows does not have: nothing would read it.`,
    hint: 'Write the path without Wow6432Node.',
    override: 'allow_wow6432node',
  };
};

/** What a change of SCHANNEL's protocols would be as a task of `schannel_protocol`; null for any other. */
const guardedBy = (wanted: Wanted): GuardedParams | null => {
  const meant =
    wanted.target === 'value'
      ? protocolOfValue(wanted.path, wanted.name, wanted.data)
      : wanted.present
        ? null
        : protocolsOfDeletedKey(wanted.path);
  return meant && { ...wanted.overrides, ...meant };
};

const content = (data: RegistryData): string =>
  'text' in data ? data.text : 'number' in data ? String(data.number) : showData(data).replace(/^\S+ /, '');

const changedParts = (changes: readonly RegistryChange[]): Readonly<Record<string, unknown>> => {
  const change = changes.find((one) => one.kind === 'registry-value');
  const { before, after } = change ?? { before: null, after: null };
  return {
    data_changed: before !== null && after !== null && content(before) !== content(after),
    data_type_changed: before !== null && after !== null && before.type !== after.type,
  };
};

const regeditLike = (
  names: Pick<ModuleInfo, 'name' | 'aliases' | 'summary'>,
  manner: Manner,
): ResourceModule<Wanted, State, RegistryChange> => ({
  kind: 'resource',
  ...names,
  params: paramsWith(manner),
  parameters: {
    path: { description: manner.pathHelp, required: true, aliases: ['key'] },
    name: { description: manner.nameHelp, aliases: ['entry', 'value'] },
    data: { description: 'The data; none is 0 or empty; with neither name nor data only the key is made' },
    type: { description: 'The type of the data', choices: DATA_TYPES, default: 'string', aliases: ['datatype'] },
    state: { description: 'Whether it shall be there', choices: ['present', 'absent'], default: 'present' },
    delete_key: { description: 'absent without a name deletes the key with all below it', default: true },
    hive: { description: 'Not supported: a hive file to load' },
    allow_wow6432node: { description: 'Write below Wow6432Node on a 32-bit Windows too', default: false },
    ...OVERRIDE_HELP,
    allow_unsupported_protocol: { ...OVERRIDE_HELP.allow_unsupported_protocol, default: manner.allowsUnsupported },
  },
  state: z.object({
    key: registryKey.nullable(),
    above: z.string().optional(),
    lacksView: z.boolean(),
    schannel: schannelGuard.facts.nullable(),
  }),
  registryOnly: true,
  footprint: ({ path }) => ({ registry: [path] }),
  guardReads: (wanted) => guardedBy(wanted) !== null,
  async read(wanted, host, { guarding }) {
    const meant = guarding ? guardedBy(wanted) : null;
    const [[found], windows, schannel] = await Promise.all([
      host.lookUp([queryFor(wanted)]),
      WOW6432.test(wanted.path) ? host.windows() : null,
      meant && schannelGuard.read(meant, host),
    ]);
    const facts = { lacksView: windows?.is64Bit === false, schannel };
    if (!found || found.key !== null) return { key: found?.key ?? null, ...facts };
    return { key: null, ...facts, ...(found.above === null ? {} : { above: found.above }) };
  },
  diff: (wanted, state) => (wanted.target === 'key' ? keyChange(wanted, state) : valueChange(wanted, state)),
  guard: (wanted, state, changes, earlier, later) => {
    const meant = guardedBy(wanted);
    return (
      refuseLackingView(wanted, state, changes) ??
      (meant && state.schannel && schannelGuard.refuse(meant, state.schannel, changes, earlier, later))
    );
  },
  apply: (changes, host) => host.writeRegistry(writesOf(changes)),
  result: (_wanted, _before, changes) => changedParts(changes),
});

/** Any registry key or value; its path may be written in any of Windows' ways. */
export const registry = regeditLike(
  { name: 'registry', summary: 'Sets or deletes a registry value or key' },
  {
    parsePath: registryPath,
    pathHelp: 'The key: HKLM\\SOFTWARE\\…, HKLM:\\SOFTWARE\\… or HKEY_LOCAL_MACHINE\\SOFTWARE\\…',
    nameHelp: 'The value; "", "(Default)" or none is the unnamed one',
    knowsDefault: true,
    allowsUnsupported: false,
  },
);

/** The same with the paths, and so the refusals, of `ansible.windows.win_regedit`. */
export const winRegedit = regeditLike(
  {
    name: 'win_regedit',
    aliases: ['ansible.windows.win_regedit'],
    summary: 'Sets or deletes a registry value or key, as Ansible does',
  },
  // A role written for Ansible sets the values of all protocols on all hosts, which does no harm.
  {
    parsePath: regeditPath,
    pathHelp: 'The key: HKLM:\\SOFTWARE\\…',
    nameHelp: 'The value; "" or none is the unnamed one, and "(Default)" a value of that very name',
    knowsDefault: false,
    allowsUnsupported: true,
  },
);
