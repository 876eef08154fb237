import { expect, test } from '@jest/globals';
import type { ResourceModule } from '@ratchet/core';
import { dotnetTls } from './dotnet-tls.js';
import { FakeHost } from './fake-host.js';
import { fixture, regWrites } from './fixture-files.js';
import { registryLaws } from './registry-laws.js';
import { runTask } from './task.js';

const module = dotnetTls as ResourceModule;
const both = { versions: ['v2.0.50727', 'v4.0.30319'], strong_crypto: true, system_default_tls: true };
const before = regWrites(fixture('cases/C15/before.reg'));

test('C15: on 64-bit exactly the four values of the 32-bit view are added', async () => {
  const host = new FakeHost();
  for (const write of before) host.put(write);
  const { changes } = await runTask(module, both, host);
  expect(changes).toHaveLength(4);
  expect(changes.every((change) => 'path' in change && change.path.includes('\\Wow6432Node\\'))).toBe(true);
});

test('C15: on 32-bit there are two keys and no Wow6432Node', async () => {
  const host = new FakeHost({ windows: { is64Bit: false, architecture: 'x86' } });
  const { changes } = await runTask(module, both, host);
  expect(changes).toHaveLength(4);
  expect(host.dump('HKEY_LOCAL_MACHINE\\SOFTWARE\\Wow6432Node').size).toBe(0);
});

test('a setting that is left out is not touched, false is 0', async () => {
  const { changes } = await runTask(module, { strong_crypto: 'no', runtimes: 'v4.0.30319' }, new FakeHost());
  expect(changes).toMatchObject([
    { name: 'SchUseStrongCrypto', after: { number: 0 } },
    { name: 'SchUseStrongCrypto', after: { number: 0 } },
  ]);
});

test('nothing to set is refused', async () => {
  expect(await runTask(module, {}, new FakeHost())).toMatchObject({ failed: true });
});

registryLaws(module, [
  { title: '64-bit', params: { strong_crypto: true }, before },
  { title: '32-bit', params: { strong_crypto: true }, before: [], host: { windows: { is64Bit: false } } },
]);
