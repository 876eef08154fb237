import { describe, expect, test } from '@jest/globals';
import { FakeFiles } from './fake-files.js';
import { FakeHost } from './fake-host.js';
import { fakeActionContext } from './task.js';
import { unread, winCommand } from './win-command.js';

const context = fakeActionContext();
const files = new FakeFiles({ '/there': '' });
const answering = (rc: number) => new FakeHost({ files, command: () => ({ rc, stdout: 'a\r\n', stderr: '' }) });
const run = (given: object, host: FakeHost, checkMode = false) =>
  winCommand.run(winCommand.params.parse(given), host, { ...context, checkMode });

describe('win_command', () => {
  test("signs of a shell are the program's", () => {
    expect(unread('p.exe a&b|c <d >e "f & %g%" (h) ^i %j%')).toBe('p.exe a^&b^|c ^<d ^>e "f & %g%" ^(h^) ^^i ^%j^%');
  });
  test("gives Ansible's values, the output as it came", async () => {
    const host = answering(0);
    expect(await run({ _raw_params: 'p.exe a & b', chdir: 'C:\\x', stdin: 'in' }, host)).toMatchObject({
      changed: true,
      values: { cmd: 'p.exe a & b', rc: 0, stdout: 'a\r\n', stdout_lines: ['a'], delta: '0:00:00.000000' },
    });
    expect(host.commands).toEqual(['p.exe a ^& b']);
    expect(host.runOptions).toMatchObject([{ chdir: 'C:\\x', stdin: 'in' }]);
    expect(await run({ argv: ['C:\\a b\\p.exe', 'x y'] }, host)).toMatchObject({
      values: { cmd: '"C:\\a b\\p.exe" "x y"' },
    });
    expect(await run({ cmd: 'p.exe' }, answering(3010))).toMatchObject({ failed: true, values: { rc: 3010 } });
  });
  test('paths decide, and check mode runs nothing', async () => {
    const host = answering(0);
    expect(await run({ cmd: 'p', creates: '/there' }, host)).toMatchObject({ skipped: true });
    expect(await run({ cmd: 'p', removes: '/none' }, host, true)).toMatchObject({ skipped: true });
    expect(await run({ cmd: 'p' }, host, true)).toMatchObject({ skipped: true });
    expect(host.commands).toEqual([]);
  });
  test('one command', () => {
    expect(winCommand.params.safeParse({ cmd: 'a', argv: ['b'] }).success).toBe(false);
    expect(winCommand.params.safeParse({ cmd: 'a', executable: 'x' }).success).toBe(false);
  });
});
