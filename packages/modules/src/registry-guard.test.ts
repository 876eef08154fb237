import { describe, expect, test } from '@jest/globals';
import type { Change, ResourceModule, WindowsVersion } from '@ratchet/core';
import { FakeHost } from './fake-host.js';
import { registry, winRegedit } from './registry.js';
import { PROTOCOLS } from './schannel-guard.js';
import { dword, fakeContext, runTask } from './task.js';

const SCHANNEL = PROTOCOLS.replace('HKEY_LOCAL_MACHINE', 'HKLM:').replace(/\\Protocols$/, '');
const BOTH = [
  ['registry', registry as ResourceModule],
  ['win_regedit', winRegedit as ResourceModule],
] as const;

const hostOf = (windows: Partial<WindowsVersion> = {}, off: readonly string[] = []): FakeHost => {
  const host = new FakeHost({ windows });
  for (const place of off) host.put({ op: 'set', path: `${PROTOCOLS}\\${place}`, name: 'Enabled', data: dword(0) });
  return host;
};

const onlyTls12 = ['TLS 1.0\\Server', 'TLS 1.1\\Server'];
const value = (place: string, name: string, data: number) => ({
  path: `${SCHANNEL}\\Protocols\\${place}`,
  name,
  data,
  type: 'dword',
});

describe.each(BOTH)('%s', (_name, module) => {
  test.each([
    ['Enabled', 0],
    ['DisabledByDefault', 1],
  ])('does not turn the last protocol of a role off by %s', async (name, data) => {
    const host = hostOf({}, onlyTls12);
    const task = value('tls 1.2\\server', name, data);
    const checked = await runTask(module, task, host, fakeContext({ checkMode: true }));
    expect(checked).toMatchObject({ failed: true, override: 'allow_last_protocol' });
    expect(await runTask(module, task, host)).toMatchObject({ failed: true, override: 'allow_last_protocol' });
    expect(host.writes).toEqual([]);
    expect(await runTask(module, { ...task, allow_last_protocol: true }, host)).toMatchObject({ changed: true });
  });

  test('lets the other role, other values and other keys be', async () => {
    for (const task of [
      value('TLS 1.2\\Client', 'Enabled', 0),
      value('TLS 1.2\\Server', 'Other', 0),
      value('TLS 1.2', 'Enabled', 0),
      { ...value('TLS 1.2\\Server', 'Enabled', 0), path: 'HKLM:\\SOFTWARE\\X' },
    ])
      expect(await runTask(module, task, hostOf({}, onlyTls12))).toMatchObject({ changed: true });
  });

  test.each([
    ['TLS 1.2 alone', `${SCHANNEL}\\Protocols\\TLS 1.2`],
    ['all of SCHANNEL', SCHANNEL],
  ])('does not delete the keys that hold the last one on: %s', async (_what, path) => {
    const host = hostOf({ build: 7601, version: '6.1' }, ['TLS 1.0\\Client', 'TLS 1.0\\Server']);
    for (const side of ['Client', 'Server'])
      host.put({ op: 'set', path: `${PROTOCOLS}\\TLS 1.2\\${side}`, name: 'Enabled', data: dword(1) });
    const end = await runTask(module, { path, state: 'absent' }, host);
    // Without its keys a 2008 R2 has TLS 1.0 again.
    if (path === SCHANNEL) expect(end).toMatchObject({ changed: true });
    else expect(end).toMatchObject({ failed: true, override: 'allow_last_protocol' });
  });

  test('turns a protocol off that a later change of the same import makes up for', async () => {
    const later: readonly Change[] = [
      {
        kind: 'registry-value',
        path: `${PROTOCOLS}\\TLS 1.2\\Client`,
        name: 'Enabled',
        before: null,
        after: dword(1),
        restart: true,
      },
    ];
    const task = value('TLS 1.0\\Client', 'Enabled', 0);
    const r2 = { build: 7601, ubr: 0, version: '6.1' };
    expect(await runTask(module, task, hostOf(r2))).toMatchObject({ failed: true, override: 'allow_last_protocol' });
    expect(await runTask(module, task, hostOf(r2), fakeContext(), [], later)).toMatchObject({ changed: true });
  });

  test('leaves Remote Desktop of 2008 R2 and an old SQL Server their TLS 1.0', async () => {
    const r2 = hostOf({ build: 7601, ubr: 0, version: '6.1' });
    r2.put({ op: 'set', path: `${PROTOCOLS}\\TLS 1.2\\Server`, name: 'Enabled', data: dword(1) });
    const task = value('TLS 1.0\\Server', 'Enabled', 0);
    expect(await runTask(module, task, r2)).toMatchObject({ failed: true, override: 'allow_rdp_loss' });
    const withSql = hostOf();
    const sql = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Microsoft SQL Server';
    const text = (path: string, name: string, data: string) =>
      withSql.put({ op: 'set', path: `${sql}\\${path}`, name, data: { type: 'REG_SZ', text: data } });
    text('Instance Names\\SQL', 'MSSQLSERVER', 'MSSQL11.MSSQLSERVER');
    text('MSSQL11.MSSQLSERVER\\Setup', 'PatchLevel', '11.0.2100.60');
    expect(await runTask(module, task, withSql)).toMatchObject({ failed: true, override: 'allow_sql_loss' });
  });

  test('asks for nothing more where it writes elsewhere', async () => {
    const host = hostOf();
    await runTask(module, { path: 'HKLM:\\SOFTWARE\\X', name: 'a', data: 'x' }, host);
    expect(host.queries.flat().every(({ path }) => path === 'HKEY_LOCAL_MACHINE\\SOFTWARE\\X')).toBe(true);
    expect(host.roundTrips).toBe(2);
  });
});

test('what this Windows does not have is switched on by win_regedit only, as with Ansible', async () => {
  const task = value('TLS 1.3\\Client', 'Enabled', 1);
  expect(await runTask(registry as ResourceModule, task, hostOf())).toMatchObject({
    failed: true,
    override: 'allow_unsupported_protocol',
  });
  expect(await runTask(winRegedit as ResourceModule, task, hostOf())).toMatchObject({ changed: true });
});
