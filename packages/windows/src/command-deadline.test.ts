import { expect, test } from '@jest/globals';
import type { Connection, ExecOptions } from '@ratchet/core';
import { windowsHost } from './windows-host.js';

const HOUR = 3_600_000;

/** A host whose every command ends well; remembers the deadline that each was given. */
const hostWithDeadlines = () => {
  const deadlines: (number | undefined)[] = [];
  const connection = {
    host: 'win1',
    kind: 'ssh',
    exec: async (_command: string, options: ExecOptions = {}) => {
      deadlines.push(options.timeoutMs);
      return { code: 0, stdout: Buffer.from(''), stderr: Buffer.from('') };
    },
  } as unknown as Connection;
  return { host: windowsHost(connection), deadlines };
};

test.each([
  ['one line', 'setup.exe /quiet', {}],
  ['several lines', 'echo a\r\necho b', {}],
  ['standard input', 'sort', { stdin: 'b\r\na' }],
])('a command of the user has hours, and never none: %s', async (_, command, options) => {
  const { host, deadlines } = hostWithDeadlines();
  await host.run(command, options);
  expect(deadlines.at(-1)).toBeGreaterThanOrEqual(HOUR);
});

test('a deadline that is given holds', async () => {
  const { host, deadlines } = hostWithDeadlines();
  await host.run('setup.exe', { timeoutMs: 5 });
  expect(deadlines.at(-1)).toBe(5);
});
