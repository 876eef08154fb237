import type { ActionModule } from '@ratchet/core';
import { z } from 'zod';
import { oneOrMore, text } from './parameter-values.js';

const params = z
  .looseObject({ name: text, groups: oneOrMore(text).optional() })
  // Words that are no pairs are told where the task runs, which may be meant to fail.
  .superRefine((given, context) => {
    if ('' in given) context.addIssue({ code: 'custom', message: 'give what it takes as name=value' });
  })
  .transform(({ name, groups, ...vars }) => ({
    name,
    groups: [...new Set((groups ?? []).flatMap((group) => group.split(',')).map((group) => group.trim()))].filter(
      (group) => group !== '',
    ),
    vars: vars as Readonly<Record<string, unknown>>,
  }));

// `name:22`, `[::1]:22`; a bare IPv6 address has no port.
const withPort = (written: string): { readonly name: string; readonly port?: number } => {
  const found = /^\[([^\]]+)\](?::(\d+))?$/.exec(written) ?? /^([^:]+):(\d+)$/.exec(written);
  if (!found) return { name: written };
  return { name: found[1] as string, ...(found[2] === undefined ? {} : { port: Number(found[2]) }) };
};

/** A host, with groups and variables, for the inventory of this run. It runs once for all hosts. */
export const addHost: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'add_host',
  aliases: ['ansible.builtin.add_host'],
  summary: 'Adds a host to the inventory of this run',
  params,
  parameters: {
    name: { description: 'The host, with a port if need be', required: true, aliases: ['hostname', 'host'] },
    groups: { description: 'Its groups, a list or names with commas', aliases: ['group', 'groupname'] },
  },
  openParameters: true,

  checkMode: 'runs',
  needsHost: false,
  inMemory: true,
  oncePerBatch: true,
  run: async ({ name: written, groups, vars }) => {
    const { name, port } = withPort(written);
    const all = port === undefined ? vars : { ...vars, ansible_ssh_port: port };
    return {
      addHost: { name, groups, vars: all },
      values: { add_host: { host_name: name, groups, host_vars: all } },
    };
  },
};
