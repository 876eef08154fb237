import { describe, expect, test } from '@jest/globals';
import type { ActionContext } from '@ratchet/core';
import { RatchetError } from '@ratchet/core';
import { FakeFiles } from './fake-files.js';
import { FakeHost } from './fake-host.js';
import { pause } from './pause.js';
import { netstatLines } from './port-state.js';
import { pythonPattern } from './python-pattern.js';
import { script } from './script.js';
import { fakeActionContext, nothingThere } from './task.js';
import { waitFor } from './wait-for.js';
import { waitForConnection } from './wait-for-connection.js';

/** A port that opens at a second of the fake clock, and says something. */
const knocking = (opensAt: number, says = ''): ActionContext => {
  const context = fakeActionContext();
  return {
    ...context,
    controller: {
      ...nothingThere.controller,
      knock: async (_address, _port, _ms, enough) => {
        const open = context.now() >= opensAt * 1000;
        enough?.(says);
        return { open, text: open ? says : '' };
      },
    },
  };
};

const wait = (given: object, context: ActionContext, host = new FakeHost({ kind: 'local', files: new FakeFiles() })) =>
  waitFor.run(waitFor.params.parse(given), host, context);

describe('wait_for', () => {
  test('a port that opens, one that does not, one that closes', async () => {
    expect(await wait({ port: 22, timeout: 10 }, knocking(3))).toMatchObject({
      values: { elapsed: 3, port: 22, path: null, state: 'started', match_groups: [] },
    });
    expect(await wait({ port: 22, timeout: 2 }, knocking(99))).toMatchObject({
      failed: true,
      msg: 'Timeout when waiting for 127.0.0.1:22',
    });
    expect(await wait({ port: 22, timeout: 1, state: 'stopped' }, knocking(0))).toMatchObject({
      msg: 'Timeout when waiting for 127.0.0.1:22 to stop.',
    });
    expect(await wait({ port: 22, timeout: 1, msg: 'mine' }, knocking(99))).toMatchObject({ msg: 'mine' });
  });
  test('what a port says, with its groups', async () => {
    expect(await wait({ port: 22, search_regex: 'SSH-(?P<v>\\d)' }, knocking(2, 'SSH-2.0'))).toMatchObject({
      values: { match_groups: ['2'], match_groupdict: { v: '2' } },
    });
  });
  test('a file that comes, goes, or holds a text', async () => {
    const files = new FakeFiles({ '/f': 'one\ntwo\n' });
    const host = new FakeHost({ kind: 'local', files });
    const context = fakeActionContext();
    expect(await wait({ path: '/f' }, context, host)).toMatchObject({ values: { state: 'file', path: '/f' } });
    expect(await wait({ path: '/f', search_regex: '^two$' }, context, host)).toMatchObject({ values: { path: '/f' } });
    expect(await wait({ path: '/no', state: 'absent' }, context, host)).toMatchObject({ values: { state: 'absent' } });
    expect(await wait({ path: '/f', state: 'absent', timeout: 2 }, context, host)).toMatchObject({
      failed: true,
      msg: 'Timeout when waiting for /f to be absent.',
    });
    expect(await wait({ path: '/f', search_regex: 'x', timeout: 2 }, context, host)).toMatchObject({
      msg: 'Timeout when waiting for search string x in /f',
    });
  });
  test('nothing to wait for is a pause', async () => {
    expect(await wait({ timeout: 5, delay: 2 }, fakeActionContext())).toMatchObject({ values: { elapsed: 5 } });
  });
  test('Windows is asked for its own ports, without its words', async () => {
    const output = '  TCP    0.0.0.0:5986   0.0.0.0:0      ABHÖREN\r\n  TCP    [::1]:80   [::1]:5001   HERGESTELLT\r\n';
    expect(netstatLines(output)).toEqual([
      { port: 5986, peer: '0.0.0.0', peerPort: 0 },
      { port: 80, peer: '[::1]', peerPort: 5001 },
    ]);
    const host = new FakeHost({ command: () => ({ rc: 0, stdout: output, stderr: '' }) });
    expect(await wait({ port: 5986 }, fakeActionContext(), host)).toMatchObject({ values: { elapsed: 0 } });
    await expect(wait({ port: 1, host: 'other' }, fakeActionContext(), host)).rejects.toMatchObject({
      code: 'not-supported',
    });
  });
  test('parameters that do not go together are refused', () => {
    for (const given of [
      { port: 1, path: '/x' },
      { path: '/x', state: 'drained' },
      { port: 1, exclude_hosts: 'a' },
      { port: 99999 },
    ])
      expect(waitFor.params.safeParse(given).success).toBe(false);
  });
});

test('a Python regular expression', () => {
  expect(pythonPattern('(?i)^B$').test('a\nb')).toBe(true);
  expect(pythonPattern('\\Ab').test('a\nb')).toBe(false);
  expect(() => pythonPattern('(')).toThrow('is not valid');
});

describe('pause', () => {
  test('for a time, at least a second', async () => {
    expect(await pause.run(pause.params.parse({ seconds: 0 }), new FakeHost(), fakeActionContext())).toMatchObject({
      values: { delta: 1, stdout: 'Paused for 1.0 seconds', user_input: '', rc: 0, echo: true },
    });
    expect(await pause.run(pause.params.parse({ minutes: 3 }), new FakeHost(), fakeActionContext())).toMatchObject({
      values: { delta: 180, stdout: 'Paused for 3.0 minutes' },
    });
  });
  test('for an answer, when somebody is there', async () => {
    const context = fakeActionContext();
    const controller = { ...context.controller, ask: async (question: string) => `<${question}>` };
    const given = pause.params.parse({ prompt: 'Go?' });
    expect(await pause.run(given, new FakeHost(), { ...context, controller })).toMatchObject({
      values: { user_input: '<Go?: >' },
    });
    expect(await pause.run(given, new FakeHost(), context)).toMatchObject({ values: { user_input: '', delta: 0 } });
  });
  test('a time that is none', () => {
    expect(pause.params.safeParse({ seconds: 'abc' }).success).toBe(false);
    expect(pause.params.safeParse({ seconds: 1, minutes: 1 }).success).toBe(false);
  });
});

test('wait_for_connection tries until a command gets through', async () => {
  let tries = 0;
  const host = new FakeHost({
    command: () => {
      tries += 1;
      if (tries < 3) throw new RatchetError('unreachable', 'no');
      return { rc: 0, stdout: '', stderr: '' };
    },
  });
  expect(await waitForConnection.run(waitForConnection.params.parse({}), host, fakeActionContext())).toMatchObject({
    values: { elapsed: 2 },
  });
  const never = new FakeHost({ command: () => Promise.reject(new RatchetError('unreachable', 'no')) });
  const end = await waitForConnection.run(waitForConnection.params.parse({ timeout: 4 }), never, fakeActionContext());
  expect(end).toMatchObject({ failed: true, values: { elapsed: 4 } });
  expect(host.resets).toBe(1);
});

describe('script', () => {
  const here = new FakeFiles({ '/play/files/s.sh': '#!/bin/sh\n' });
  const context: ActionContext = {
    ...fakeActionContext(),
    findFile: (_folder, name) => (name === 's.sh' ? '/play/files/s.sh' : undefined),
    controller: { ...nothingThere.controller, files: here },
  };
  const files = new FakeFiles({ '/tmp/x': '' });
  const host = new FakeHost({ kind: 'local', files, command: () => ({ rc: 3, stdout: 'a\n', stderr: '' }) });
  const run = (given: object, more: Partial<ActionContext> = {}) =>
    script.run(script.params.parse(given), host, { ...context, ...more });

  test('is copied for its owner alone, run with its arguments, and removed', async () => {
    expect(await run({ _raw_params: 's.sh a "b c"' })).toMatchObject({
      failed: true,
      msg: 'non-zero return code',
      values: { rc: 3, stdout: 'a\n', stdout_lines: ['a'] },
    });
    expect(host.commands.at(-1)).toMatch(/^'\/tmp\/ratchet-[0-9a-f]{16}\.sh' a "b c"$/);
    await run({ cmd: 's.sh', executable: '/bin/bash' });
    expect(host.commands.at(-1)).toMatch(/^\/bin\/bash '\/tmp\/ratchet-/);
    expect([...files.entries.keys()]).toEqual(['/', '/tmp', '/tmp/x']);
  });
  test('creates and check mode keep it away; a script that is nowhere fails', async () => {
    expect(await run({ cmd: 's.sh', creates: '/tmp/x' })).toMatchObject({ skipped: true });
    expect(await run({ cmd: 's.sh' }, { checkMode: true })).toMatchObject({ skipped: true });
    expect(await run({ cmd: 'nope.sh' })).toMatchObject({ failed: true });
  });
});
