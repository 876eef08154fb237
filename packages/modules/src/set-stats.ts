import { type ActionModule, isVariableName } from '@ratchet/core';
import { z } from 'zod';
import { flag } from './parameter-values.js';

const params = z.strictObject({
  data: z.record(z.string().refine(isVariableName, 'the names are those of variables'), z.unknown()),
  per_host: flag.default(false),
  aggregate: flag.default(true),
});

/** Values for the end of the run, added up over hosts or by host. */
export const setStats: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'set_stats',
  aliases: ['ansible.builtin.set_stats'],
  summary: 'Sets values that are told at the end of the run',
  params,
  parameters: {
    data: { description: 'The values by name', required: true },
    per_host: { description: 'By host, instead of for the whole run', default: false },
    aggregate: { description: 'Numbers are added up, lists joined, mappings merged', default: true },
  },
  checkMode: 'runs',
  needsHost: false,
  inMemory: true,
  run: async ({ data, per_host, aggregate }) => ({
    stats: { data, perHost: per_host, aggregate },
    values: { ansible_stats: { data, per_host, aggregate } },
  }),
};
