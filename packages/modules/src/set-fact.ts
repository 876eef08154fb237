import { type ActionModule, isVariableName } from '@ratchet/core';
import { z } from 'zod';
import { flag } from './parameter-values.js';

// A name that is a template is finished before the task runs.
const canBeVariable = (name: string): boolean => isVariableName(name) || name.includes('{{');

interface SetFact {
  readonly cacheable: boolean;
  readonly facts: Readonly<Record<string, unknown>>;
}

const params = z
  .looseObject({ cacheable: flag.default(false) })
  .transform(({ cacheable, ...facts }): SetFact => ({ cacheable, facts }))
  .superRefine(({ facts }, context) => {
    if (Object.keys(facts).length === 0) context.addIssue({ code: 'custom', message: 'give at least one variable' });
    for (const name of Object.keys(facts).filter((one) => !canBeVariable(one)))
      context.addIssue({ code: 'custom', path: [name], message: `"${name}" cannot be the name of a variable` });
  });

// Ansible's `jinja2_native=false` makes booleans of what reads as one.
const asBoolean = (value: unknown): unknown => {
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  if (word === 'true' || word === 'yes') return true;
  return word === 'false' || word === 'no' ? false : value;
};

/** Sets variables of the host for the rest of the run. */
export const setFact: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'set_fact',
  aliases: ['ansible.builtin.set_fact'],
  summary: 'Sets variables of the host for the rest of the run',
  params,
  parameters: {
    cacheable: {
      description: 'Also among the gathered facts, and kept for later runs where there is a fact cache',
      default: false,
    },
  },
  openParameters: true,
  checkMode: 'runs',
  needsHost: false,
  run: async ({ facts: given, cacheable }, _host, { textMode }) => {
    const facts = textMode
      ? Object.fromEntries(Object.entries(given).map(([name, value]) => [name, asBoolean(value)]))
      : given;
    return { facts, cacheable, values: { ansible_facts: facts } };
  },
};
