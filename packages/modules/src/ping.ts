import type { ActionModule } from '@ratchet/core';
import { z } from 'zod';
import { text } from './parameter-values.js';

const params = z.strictObject({ data: text.default('pong') });

/** Whether commands reach the host: runs one that does nothing. */
export const ping: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'ping',
  aliases: ['ansible.builtin.ping', 'win_ping', 'ansible.windows.win_ping'],
  summary: 'Runs a command that does nothing, and answers pong',
  params,
  parameters: { data: { description: 'What to answer; `crash` fails', default: 'pong' } },
  checkMode: 'runs',
  needsHost: true,
  repeatable: () => true,
  async run({ data }, host) {
    if (data === 'crash') return { failed: true, msg: 'Unhandled exception while executing module: boom' };
    const { rc } = await host.query('exit 0');
    if (rc !== 0) return { failed: true, msg: `The host ended a command that does nothing with ${rc}.` };
    return { values: { ping: data } };
  },
};
