import { describe, expect, test } from '@jest/globals';
import type { ResourceModule } from '@ratchet/core';
import { showChange } from '@ratchet/core';
import { FakeHost } from './fake-host.js';
import { fixture, regWrites } from './fixture-files.js';
import { registryLaws } from './registry-laws.js';
import { PROTOCOLS } from './schannel-guard.js';
import { schannelProtocol } from './schannel-protocol.js';
import { dword, fakeContext, runTask } from './task.js';

const module = schannelProtocol as ResourceModule;

const hostOf = (caseName?: string): FakeHost => {
  const host = new FakeHost();
  if (caseName) for (const write of regWrites(fixture(`cases/${caseName}/before.reg`))) host.put(write);
  return host;
};

test('writes both values on both sides, in force after a restart', async () => {
  const { changes } = await runTask(module, { protocol: 'TLS 1.2', state: 'enabled' }, hostOf());
  expect(changes).toMatchObject([
    { path: `${PROTOCOLS}\\TLS 1.2\\Client`, name: 'Enabled', before: null, after: dword(1), restart: true },
    { path: `${PROTOCOLS}\\TLS 1.2\\Client`, name: 'DisabledByDefault', before: null, after: dword(0) },
    { path: `${PROTOCOLS}\\TLS 1.2\\Server`, name: 'Enabled', before: null, after: dword(1) },
    { path: `${PROTOCOLS}\\TLS 1.2\\Server`, name: 'DisabledByDefault', before: null, after: dword(0) },
  ]);
});

test.each([
  ['SSL 3', 'SSL 3.0'],
  ['TLS 0', 'TLS 1.0'],
  ['TLS1.2', 'TLS 1.2'],
])('%s is refused with the right name', async (wrong, right) => {
  const host = hostOf();
  const end = await runTask(module, { protocol: ['TLS 1.1', wrong], state: 'disabled' }, host);
  expect(end).toMatchObject({ failed: true, message: expect.stringContaining(`write "${right}"`) });
  expect(host.queries).toEqual([]);
});

describe('cases', () => {
  test('C10: 0xffffffff is enabled, shown, and rewritten to 1', async () => {
    const host = hostOf('C10');
    const end = await runTask(module, { protocol: 'TLS 1.2', role: 'both', state: 'enabled' }, host);
    expect(end.result['found']).toMatchObject([
      { role: 'client', state: 'enabled', enabled: 0xffffffff },
      { role: 'server', state: 'enabled', enabled: 0xffffffff },
    ]);
    expect(end.changes.map(showChange)).toEqual([
      `${PROTOCOLS}\\TLS 1.2\\Client Enabled: dword 4294967295 (0xffffffff) → dword 1 (0x1)`,
      `${PROTOCOLS}\\TLS 1.2\\Server Enabled: dword 4294967295 (0xffffffff) → dword 1 (0x1)`,
    ]);
    expect(await runTask(module, { protocol: 'TLS 1.2', state: 'enabled' }, host)).toMatchObject({ changed: false });
  });

  test('C11: an absent key is the default of Windows', async () => {
    for (const host of [hostOf(), hostOf('C11')]) {
      const task = { protocol: 'TLS 1.0', state: 'disabled' };
      const check = await runTask(module, task, host, fakeContext({ checkMode: true }));
      expect(check.result['found']).toMatchObject([
        { state: 'default', enabled: null },
        { state: 'default', enabled: null },
      ]);
      expect(host.writes).toEqual([]);
      expect((await runTask(module, task, host)).changes).toHaveLength(4);
    }
  });

  test('C12: only the side that is asked for', async () => {
    const host = hostOf('C12');
    expect(await runTask(module, { protocol: 'TLS 1.1', role: 'server', state: 'disabled' }, host)).toMatchObject({
      changed: false,
      result: { found: [{ role: 'server', state: 'disabled' }] },
    });
    const client = await runTask(module, { protocol: 'TLS 1.1', role: 'client', state: 'disabled' }, host);
    expect(client.changes.every((change) => 'path' in change && change.path.endsWith('Client'))).toBe(true);
  });
});

test('state default deletes both values', async () => {
  const host = hostOf('C12');
  const end = await runTask(module, { protocol: 'TLS 1.1', role: 'server', state: 'default' }, host);
  expect(end.changes).toMatchObject([
    { name: 'Enabled', after: null },
    { name: 'DisabledByDefault', after: null },
  ]);
});

registryLaws(module, [
  { title: 'fresh host', params: { protocol: ['SSL 2.0', 'SSL 3.0'], state: 'disabled' }, before: [] },
  {
    title: 'old spelling',
    params: { protocol: 'TLS 1.2', state: 'enabled' },
    before: regWrites(fixture('cases/C10/before.reg')),
  },
  {
    title: 'back to default',
    params: { protocol: 'TLS 1.1', state: 'default' },
    before: regWrites(fixture('cases/C12/before.reg')),
  },
]);
