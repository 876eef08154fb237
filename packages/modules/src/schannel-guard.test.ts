import { describe, expect, test } from '@jest/globals';
import type { Change, ResourceModule, WindowsVersion } from '@ratchet/core';
import { FakeHost } from './fake-host.js';
import { registry } from './registry.js';
import { PROTOCOLS } from './schannel-guard.js';
import { schannelProtocol } from './schannel-protocol.js';
import { PACKAGES } from './servicing.js';
import { dword, fakeContext, runTask } from './task.js';

const module = schannelProtocol as ResourceModule;

const hostOf = (windows: Partial<WindowsVersion>, values: Readonly<Record<string, number>> = {}): FakeHost => {
  const host = new FakeHost({ windows });
  for (const [place, number] of Object.entries(values)) {
    const at = place.lastIndexOf('\\');
    host.put({
      op: 'set',
      path: `${PROTOCOLS}\\${place.slice(0, at)}`,
      name: place.slice(at + 1),
      data: dword(number),
    });
  }
  return host;
};

const SQL = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Microsoft SQL Server';

const withSql = (host: FakeHost, patchLevel: string): FakeHost => {
  const set = (path: string, name: string, text: string) =>
    host.put({ op: 'set', path: `${SQL}\\${path}`, name, data: { type: 'REG_SZ', text } });
  set('Instance Names\\SQL', 'MSSQLSERVER', 'MSSQL11.MSSQLSERVER');
  set('MSSQL11.MSSQLSERVER\\Setup', 'PatchLevel', patchLevel);
  return host;
};

const W2008R2 = { build: 7601, ubr: 0, version: '6.1' };
const ALL = ['TLS 1.0', 'TLS 1.1', 'TLS 1.2'];

/** The task is refused, nothing is written, and with the override that the refusal names it is done. */
const refusedUnless = async (
  override: string,
  parameters: Readonly<Record<string, unknown>>,
  host: FakeHost,
): Promise<string> => {
  const checked = await runTask(module, parameters, host, fakeContext({ checkMode: true }));
  const end = await runTask(module, parameters, host);
  expect(end).toMatchObject({ failed: true, override });
  expect(checked.message).toBe(end.message);
  expect(host.writes).toEqual([]);
  expect(await runTask(module, { ...parameters, [override]: true }, host)).toMatchObject({ changed: true });
  return end.message ?? '';
};

describe('the last protocol of a role', () => {
  test('is not turned off', async () => {
    const message = await refusedUnless('allow_last_protocol', { protocol: ALL, state: 'disabled' }, hostOf({}));
    expect(message).toContain('TLS 1.0 and TLS 1.1 and TLS 1.2');
  });

  test('is judged for each role, and SSL does not count', async () => {
    const host = hostOf({}, { 'TLS 1.0\\Client\\Enabled': 0, 'TLS 1.1\\Client\\DisabledByDefault': 1 });
    const task = { protocol: 'TLS 1.2', state: 'disabled' };
    expect(await runTask(module, { ...task, role: 'server' }, host)).toMatchObject({ changed: true });
    host.writes.length = 0;
    expect(await refusedUnless('allow_last_protocol', { ...task, role: 'client' }, host)).toContain('client role');
  });

  test('is TLS 1.0 on a 2008 R2 as it comes, and no more once TLS 1.2 is on', async () => {
    const task = { protocol: 'TLS 1.0', state: 'disabled', role: 'client' };
    await refusedUnless('allow_last_protocol', task, hostOf(W2008R2));
    const on = hostOf(W2008R2, { 'TLS 1.2\\Client\\Enabled': 1, 'TLS 1.2\\Client\\DisabledByDefault': 0 });
    expect(await runTask(module, task, on)).toMatchObject({ changed: true });
  });

  test('counts what an earlier step of the same import switches on', async () => {
    const path = `${PROTOCOLS}\\TLS 1.2\\Client`;
    const change = {
      kind: 'registry-value',
      path,
      name: 'Enabled',
      before: null,
      after: dword(1),
      restart: true,
    } as const;
    const earlier: readonly Change[] = [change, { ...change, name: 'DisabledByDefault', after: dword(0) }];
    const task = { protocol: 'TLS 1.0', state: 'disabled', role: 'client' };
    expect(await runTask(module, task, hostOf(W2008R2), fakeContext(), earlier)).toMatchObject({ changed: true });
  });

  test('of a Windows whose defaults are not certain is what is written', async () => {
    const task = { protocol: 'TLS 1.2', state: 'disabled', role: 'server' };
    const host = hostOf({ build: 26_100 }, { 'TLS 1.3\\Server\\Enabled': 0 });
    await refusedUnless('allow_last_protocol', task, host);
  });
});

describe('a protocol that this Windows does not have', () => {
  test.each([
    ['TLS 1.3', 17_763],
    ['SSL 2.0', 14_393],
    ['DTLS 1.2', 9600],
    ['TLS 1.2', 6001],
  ])('%s on build %d is not switched on', async (protocol, build) => {
    expect(
      await refusedUnless('allow_unsupported_protocol', { protocol, state: 'enabled' }, hostOf({ build })),
    ).toContain(protocol);
  });

  test('is switched off like any other', async () => {
    expect(await runTask(module, { protocol: 'TLS 1.3', state: 'disabled' }, hostOf({}))).toMatchObject({
      changed: true,
    });
  });
});

describe('TLS 1.0 and Remote Desktop of 2008 R2', () => {
  const on = { 'TLS 1.2\\Server\\Enabled': 1, 'TLS 1.2\\Client\\Enabled': 1 };
  const task = { protocol: 'TLS 1.0', state: 'disabled' };

  test('stays on without KB3080079', async () => {
    expect(await refusedUnless('allow_rdp_loss', task, hostOf(W2008R2, on))).toContain('KB3080079');
  });

  test('goes off with it, and for the client role', async () => {
    const host = hostOf(W2008R2, on);
    expect(await runTask(module, { ...task, role: 'client' }, host)).toMatchObject({ changed: true });
    const path = `${PACKAGES}\\Package_for_KB3080079~31bf3856ad364e35~amd64~~6.1.1.1`;
    host.put({ op: 'set', path, name: 'CurrentState', data: dword(0x70) });
    expect(await runTask(module, task, host)).toMatchObject({ changed: true });
  });
});

describe('TLS 1.0 and SQL Server', () => {
  const task = { protocol: 'TLS 1.0', state: 'disabled' };

  test('stays on beside an instance that does not speak TLS 1.2', async () => {
    const message = await refusedUnless('allow_sql_loss', task, withSql(hostOf({}), '11.0.2100.60'));
    expect(message).toContain('MSSQL11.MSSQLSERVER 11.0.2100.60');
  });

  test('goes off beside one that does; what is off already is not asked about', async () => {
    expect(await runTask(module, task, withSql(hostOf({}), '11.4.7001.0'))).toMatchObject({ changed: true });
    const off = { 'TLS 1.0\\Client\\Enabled': 0, 'TLS 1.0\\Server\\Enabled': 0 };
    expect(await runTask(module, task, withSql(hostOf({}, off), '11.0.2100.60'))).toMatchObject({ changed: true });
  });

  const asked = (host: FakeHost) => host.queries.flat().filter(({ path }) => path === SQL);

  test('is read in one further round trip, with the protocols, and not again to verify', async () => {
    const host = withSql(hostOf({}), '11.4.7001.0');
    await runTask(module, task, host);
    expect(asked(host)).toHaveLength(1);
    expect(host.roundTrips).toBe(3);
  });

  test('is not looked for where nothing changes', async () => {
    const host = withSql(hostOf({}), '11.4.7001.0');
    await runTask(module, task, host);
    host.queries.length = 0;
    await runTask(module, task, host);
    expect(host.queries.flat().map(({ path }) => path)).toEqual([PROTOCOLS]);
  });
});

test('a path below Wow6432Node is not written on a 32-bit Windows, but may be deleted', async () => {
  const path = 'HKLM:\\SOFTWARE\\Wow6432Node\\X';
  const run = (parameters: Readonly<Record<string, unknown>>, host: FakeHost) =>
    runTask(registry as ResourceModule, { path, name: 'a', ...parameters }, host);
  const x86 = hostOf({ is64Bit: false });
  expect(await run({ data: 'x' }, x86)).toMatchObject({ failed: true, override: 'allow_wow6432node' });
  expect(x86.writes).toEqual([]);
  expect(await run({ data: 'x', allow_wow6432node: true }, x86)).toMatchObject({ changed: true });
  expect(await run({ state: 'absent' }, x86)).toMatchObject({ changed: true });
  expect(await run({ data: 'x' }, hostOf({}))).toMatchObject({ changed: true });
});
