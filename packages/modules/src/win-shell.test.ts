import { describe, expect, test } from '@jest/globals';
import type { ActionContext, HostFiles } from '@ratchet/core';
import { FakeHost } from './fake-host.js';
import { fakeContext } from './task.js';
import { winShell } from './win-shell.js';

const context = fakeContext() as unknown as ActionContext;
const files = { expand: async (path: string) => path, status: async () => ({ kind: 'file' }) } as unknown as HostFiles;
const run = (given: unknown, host: FakeHost) => winShell.run(winShell.params.parse(given), host, context);

describe('win_shell', () => {
  test("gives Ansible's values, with the output as it came", async () => {
    const host = new FakeHost({ powershell: () => ({ rc: 0, stdout: 'a\r\nb\r\n', stderr: '' }) });
    expect(await run({ _raw_params: "'a'; 'b'", chdir: 'C:\\x' }, host)).toMatchObject({
      changed: true,
      values: { cmd: "'a'; 'b'", rc: 0, stdout: 'a\r\nb\r\n', stdout_lines: ['a', 'b'], delta: '0:00:00.000000' },
    });
    expect(host.runOptions).toMatchObject([{ chdir: 'C:\\x', profile: true, ownProcess: false }]);
  });
  test('a code other than 0 fails', async () => {
    const host = new FakeHost({ powershell: () => ({ rc: 3010, stdout: '', stderr: 'no' }) });
    expect(await run({ _raw_params: 'x', own_process: 'yes' }, host)).toMatchObject({
      failed: true,
      msg: 'non-zero return code',
      values: { rc: 3010, stderr: 'no' },
    });
    expect(host.runOptions).toMatchObject([{ ownProcess: true }]);
  });
  test('cmd as the executable is cmd.exe, and creates skips', async () => {
    const host = new FakeHost({ files, command: () => ({ rc: 0, stdout: 'c', stderr: '' }) });
    expect(await run({ _raw_params: 'echo c', executable: 'cmd' }, host)).toMatchObject({ values: { stdout: 'c' } });
    expect(await run({ _raw_params: 'x', creates: 'C:\\a' }, host)).toMatchObject({
      skipped: true,
      msg: 'skipped, since C:\\a exists',
    });
  });
  test('one script', () => {
    expect(winShell.params.safeParse({}).success).toBe(false);
    expect(winShell.params.safeParse({ _raw_params: 'a', cmd: 'b' }).success).toBe(false);
  });
});
