import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { descendantsOf, kill, lives, processesWith } from './processes.js';

test('a process is found by its environment, is a descendant of this one, and is gone once killed', async () => {
  const mark = `RATCHET_TEST_MARK=${process.pid} with spaces`;
  const [name = '', value = ''] = mark.split('=');
  const child = spawn(process.execPath, ['-e', 'process.stdout.write("up"); setInterval(() => 0, 1e6)'], {
    env: { ...process.env, [name]: value },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  const ended = once(child, 'exit');
  expect(await processesWith(mark)).toEqual([child.pid]);
  expect(await descendantsOf(process.pid)).toContain(child.pid);
  expect(await lives(child.pid ?? 0)).toBe(true);
  kill(child.pid ?? 0);
  await ended;
  expect(await lives(child.pid ?? 0)).toBe(false);
  kill(child.pid ?? 0);
});
