import type { ResourceModule, UpdateChange } from '@ratchet/core';
import { z } from 'zod';
import { SQL_TOPS, type SqlInstance, shown, speaks, sqlInstances, sqlQueries } from './sql-instances.js';

const params = z.strictObject({});
type Params = z.infer<typeof params>;

interface State {
  readonly instances: readonly SqlInstance[];
}

const state: z.ZodType<State> = z.object({
  instances: z.array(z.object({ name: z.string(), id: z.string(), patchLevel: z.string().nullable() })),
});

/** Checks that every SQL Server instance on the host speaks TLS 1.2: changes nothing, passes where there is none. */
export const sqlTlsCheck: ResourceModule<Params, State, UpdateChange> = {
  kind: 'resource',
  name: 'sql_tls_check',
  summary: 'Fails where a SQL Server instance does not speak TLS 1.2',
  params,
  parameters: {},
  state,
  footprint: () => ({ registry: SQL_TOPS }),
  async read(_given, host) {
    return { instances: sqlInstances(await host.registry(sqlQueries)) };
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
