import { describe, expect, test } from '@jest/globals';
import type { ActionContext } from '@ratchet/core';
import { FakeHost } from './fake-host.js';
import { fakeContext } from './task.js';
import { powershellResult, winPowershell } from './win-powershell.js';

const ANSWER = {
  changed: false,
  failed: false,
  result: { a: 1 },
  diff: {},
  output: [1],
  error: [],
  warning: [],
  verbose: [],
  debug: [],
  information: [],
};
const encoded = (data: unknown): string => Buffer.from(JSON.stringify(data)).toString('base64');

describe('win_powershell', () => {
  test("takes the result behind the mark, and what stands before it as the host's output", () => {
    expect(powershellResult(`seen\r\nM ${encoded(ANSWER)}\r\n`, 'err', 'M ')).toEqual({
      changed: false,
      values: {
        result: { a: 1 },
        output: [1],
        error: [],
        warning: [],
        verbose: [],
        debug: [],
        information: [],
        host_out: 'seen\r\n',
        host_err: 'err',
      },
    });
    expect(powershellResult('nothing', '', 'M ')).toBeNull();
  });
  test('a failed script tells the last error', () => {
    const failed = { ...ANSWER, failed: true, error: [{ exception: { message: 'why' } }] };
    expect(powershellResult(`M ${encoded(failed)}`, '', 'M ')).toMatchObject({ failed: true, msg: 'why' });
  });
  test('in check mode only a script that supports it runs', async () => {
    const context = { ...fakeContext({ checkMode: true }) } as unknown as ActionContext;
    const host = new FakeHost();
    expect(await winPowershell.run(winPowershell.params.parse({ script: '1' }), host, context)).toMatchObject({
      changed: true,
      msg: 'skipped, running in check mode',
    });
    expect(host.commands).toEqual([]);
  });
});
