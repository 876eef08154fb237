import type { RegistryAnswer, RegistryKey, ResourceModule, UpdateChange } from '@ratchet/core';
import { z } from 'zod';
import { dataIn, sameName } from './registry-state.js';
import { sqlSpeaksTls12 } from './sql-verdict.js';

const params = z.strictObject({});
type Params = z.infer<typeof params>;

interface Instance {
  readonly name: string;
  readonly id: string;
  /** Setup's PatchLevel; null when it is not there. */
  readonly patchLevel: string | null;
}

interface State {
  readonly instances: readonly Instance[];
}

const state: z.ZodType<State> = z.object({
  instances: z.array(z.object({ name: z.string(), id: z.string(), patchLevel: z.string().nullable() })),
});

// 32-bit instances stand in the 32-bit view: windows-facts 4.2.
const TOPS = [
  'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Microsoft SQL Server',
  'HKEY_LOCAL_MACHINE\\SOFTWARE\\Wow6432Node\\Microsoft\\Microsoft SQL Server',
] as const;

const below = (key: RegistryAnswer, ...names: readonly string[]): RegistryAnswer => {
  let found = key;
  for (const name of names)
    found = found?.subkeys.find(({ path }) => sameName(path.slice(path.lastIndexOf('\\') + 1), name)) ?? null;
  return found;
};

const textIn = (key: RegistryAnswer, name: string): string | null => {
  const data = dataIn(key, name);
  return data !== null && 'text' in data ? data.text : null;
};

const instancesOf = (top: RegistryKey): readonly Instance[] =>
  (below(top, 'Instance Names', 'SQL')?.values ?? []).flatMap(({ name, data }): Instance[] => {
    if (!('text' in data)) return [];
    return [{ name, id: data.text, patchLevel: textIn(below(top, data.text, 'Setup'), 'PatchLevel') }];
  });

const speaks = ({ patchLevel }: Instance): boolean => patchLevel !== null && sqlSpeaksTls12(patchLevel) === true;

const shown = ({ id, patchLevel }: Instance): string => `${id} ${patchLevel ?? '(version unknown)'}`;

/** Checks that every SQL Server instance on the host speaks TLS 1.2: changes nothing, passes where there is none. */
export const sqlTlsCheck: ResourceModule<Params, State, UpdateChange> = {
  kind: 'resource',
  name: 'sql_tls_check',
  summary: 'Fails where a SQL Server instance does not speak TLS 1.2',
  params,
  parameters: {},
  state,
  footprint: () => ({ registry: TOPS }),
  async read(_given, host) {
    const answers = await host.registry(TOPS.map((path) => ({ path, tree: true })));
    const all = answers.flatMap((top) => (top === null ? [] : instancesOf(top)));
    return { instances: all.filter((one, index) => all.findIndex(({ id }) => id === one.id) === index) };
  },
  diff: (_given, { instances }) =>
    instances
      .filter((instance) => !speaks(instance))
      .map((instance) => ({
        kind: 'update',
        kb: 'KB3135244',
        before: shown(instance),
        after: 'installed',
        restart: false,
      })),
  refuse(_given, { instances }) {
    const old = instances.filter((instance) => !speaks(instance));
    if (old.length === 0) return null;
    return {
      message: `no TLS 1.2 in SQL Server ${old.map(shown).join(', ')}`,
      hint: 'Install the update that KB3135244 names for this version.',
    };
  },
  result: (_given, { instances }) => ({
    instances: instances.map((instance) => ({ ...instance, tls12: speaks(instance) })),
  }),
};
