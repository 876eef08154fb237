import type { ActionModule } from '@ratchet/core';
import { z } from 'zod';

const params = z.strictObject({ msg: z.unknown().default('Failed as requested from task') });

/** Fails the host with a message. */
export const fail: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'fail',
  aliases: ['ansible.builtin.fail'],
  summary: 'Fails with a message',
  params,
  parameters: { msg: { description: 'Why', default: 'Failed as requested from task' } },
  checkMode: 'runs',
  needsHost: false,
  run: async ({ msg }) => ({ failed: true, msg: typeof msg === 'string' ? msg : JSON.stringify(msg), values: { msg } }),
};
