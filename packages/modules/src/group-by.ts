import type { ActionModule } from '@ratchet/core';
import { z } from 'zod';
import { oneOrMore, text } from './parameter-values.js';

const params = z.strictObject({ key: text, parents: oneOrMore(text).optional() });

const groupName = (written: string): string => written.replaceAll(' ', '-');

/** Puts the host into a group that a variable names, for the rest of the run. */
export const groupBy: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'group_by',
  aliases: ['ansible.builtin.group_by'],
  summary: 'Puts hosts into groups named after their variables',
  params,
  parameters: {
    key: { description: 'The name of the group', required: true },
    parents: { description: 'Groups that the group stands in', default: ['all'] },
  },
  checkMode: 'runs',
  needsHost: false,
  inMemory: true,
  run: async ({ key, parents = ['all'] }) => {
    const name = groupName(key);
    const above = parents.map(groupName);
    return { joinGroups: [{ name, parents: above }], values: { add_group: name, parent_groups: above } };
  },
};
