import type { ActionModule } from '@ratchet/core';
import { RatchetError } from '@ratchet/core';
import { z } from 'zod';
import { seconds } from './parameter-values.js';

const params = z.strictObject({
  delay: seconds.default(0),
  timeout: seconds.default(600),
  sleep: seconds.default(1),
  connect_timeout: seconds.default(5),
});

const PASSING = ['unreachable', 'timeout', 'auth', 'command-failed', 'host-output'];

/** Waits until commands reach the host. */
export const waitForConnection: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'wait_for_connection',
  aliases: ['ansible.builtin.wait_for_connection'],
  summary: 'Waits until the host can be reached and runs a command',
  params,
  parameters: {
    delay: { description: 'Seconds before the first try', default: 0 },
    timeout: { description: 'Seconds until it fails', default: 600 },
    sleep: { description: 'Seconds between tries', default: 1 },
    connect_timeout: { description: 'Accepted; ansible_ssh_timeout is the time for one try', default: 5 },
  },
  checkMode: 'runs',
  needsHost: true,
  repeatable: () => true,
  async run({ delay, timeout, sleep }, host, context) {
    if (context.checkMode) return { skipped: true, msg: 'wait_for_connection does not run in check mode' };
    const start = context.now();
    const elapsed = (): number => Math.floor((context.now() - start) / 1000);
    if (delay > 0) await context.sleep(delay * 1000);
    await host.connection.reset();
    for (;;) {
      try {
        const { rc } = await host.query('exit 0', { signal: context.signal });
        if (rc === 0) return { values: { elapsed: elapsed() } };
      } catch (thrown) {
        if (!(thrown instanceof RatchetError) || !PASSING.includes(thrown.code)) throw thrown;
        context.progress(thrown.message);
      }
      if ((context.now() - start) / 1000 >= timeout) {
        const msg = 'timed out waiting for ping module test';
        return { failed: true, msg, values: { elapsed: elapsed() } };
      }
      await context.sleep(sleep * 1000);
    }
  },
};
