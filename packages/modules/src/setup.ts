import { type ActionModule, globRegex } from '@ratchet/core';
import { z } from 'zod';
import { FACT_NAMES } from './fact-names.js';
import { collectorsFor, unknownSubset } from './fact-subset.js';
import { localFacts } from './local-facts.js';
import { factSections, localFactsScript } from './local-facts-script.js';
import { commaList, seconds } from './parameter-values.js';
import { windowsFacts } from './windows-facts.js';

const params = z.strictObject({
  gather_subset: commaList.default(['all']).superRefine((subset, context) => {
    const message = unknownSubset(subset);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  }),
  filter: commaList.default([]),
  gather_timeout: seconds.default(10),
});

/**
 * The facts whose names a filter lets through: shell patterns on the whole name, with or without `ansible_`. No filter,
 * an empty one, and `*` let everything through.
 */
export const filtered = (
  facts: Readonly<Record<string, unknown>>,
  filter: readonly string[],
): Readonly<Record<string, unknown>> => {
  const patterns = filter.filter((one) => one !== '').map(globRegex);
  if (patterns.length === 0) return facts;
  return Object.fromEntries(
    Object.entries(facts).filter(([name]) =>
      patterns.some((pattern) => pattern.test(name) || pattern.test(name.replace(/^ansible_/, ''))),
    ),
  );
};

const prefixed = (facts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [`ansible_${name}`, value]));

/** Gathers facts of the host under Ansible's names. */
export const setup: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'setup',
  aliases: ['ansible.builtin.setup', 'ansible.windows.setup', 'gather_facts', 'ansible.builtin.gather_facts', 'facts'],
  summary: 'Gathers facts of the host: name, system, addresses, hardware, environment, and the state of TLS on Windows',
  params,
  parameters: {
    gather_subset: {
      description:
        'Groups of facts (`all`, `min`, `hardware`, `network`, `virtual`, or single ones such as `env`), with `!` left out',
      default: ['all'],
    },
    filter: { description: 'Only facts whose names match one of these shell patterns', default: [] },
    gather_timeout: { description: 'Seconds that gathering may take', default: 10 },
  },
  checkMode: 'runs',
  needsHost: true,
  facts: FACT_NAMES,
  repeatable: () => true,
  async run({ gather_subset, filter, gather_timeout }, host, context) {
    const collectors = collectorsFor(gather_subset);
    const local = host.connection.kind === 'local';
    const found = local
      ? localFacts(
          factSections(
            (await host.query(localFactsScript(), { timeoutMs: Math.max(gather_timeout, 1) * 1000 })).stdout,
          ),
          collectors,
        )
      : await windowsFacts(host, collectors, context.now());
    const facts = filtered(prefixed(found), filter);
    const about = filter.length > 0 ? {} : { gather_subset, module_setup: true };
    return { facts: { ...facts, ...about }, values: { ansible_facts: { ...facts, ...about } } };
  },
};
