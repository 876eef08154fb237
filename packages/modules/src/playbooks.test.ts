import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { ResourceModule } from '@ratchet/core';
import { dotnetTls } from './dotnet-tls.js';
import { FakeHost } from './fake-host.js';
import { fixture, regWrites } from './fixture-files.js';
import { schannelProtocol } from './schannel-protocol.js';
import { runTask } from './task.js';

interface Settings {
  readonly protocols: readonly Readonly<Record<string, unknown>>[];
  readonly dotnet: Readonly<Record<string, unknown>>;
}

const listOf = (text: string): readonly string[] => text.split(',').map((one) => one.trim());

// Only the shape in which the two roles write their variables; the whole language is tested end to end.
const settingsOf = (role: string, profile: string): Settings => {
  const url = new URL(`../../../playbooks/roles/${role}/meta/main.yml`, import.meta.url);
  const meta = readFileSync(url, 'utf8');
  const [, block] = new RegExp(`\\n {8}${profile}:\\n((?: {10}.*\\n)+)`).exec(meta) ?? [];
  const protocols = [...(block ?? '').matchAll(/\{ ?state: (\w+), role: (\w+), protocols: \[(.*?)\] ?\}/g)].map(
    ([, state, side, names]) => ({ state, role: side, protocol: listOf(names ?? '') }),
  );
  const [, dotnet] = /tls_baseline_dotnet:\n((?: {8}.*\n?)+)/.exec(meta) ?? [];
  const [, flagName] = /(\w+): true/.exec(dotnet ?? '') ?? [];
  const [, runtimes] = /runtimes: \[(.*)\]/.exec(dotnet ?? '') ?? [];
  return { protocols, dotnet: { [flagName ?? '']: true, runtimes: listOf(runtimes ?? '') } };
};

test.each([
  ['azure_pack', 'recommended', 'azure-pack.recommended.x64', true],
  ['azure_pack', 'tls12_only', 'azure-pack.tls12-only.x64', true],
  ['orchestrator', 'recommended', 'orchestrator.recommended.x64', true],
  ['orchestrator', 'tls12_only', 'orchestrator.tls12-only.x64', true],
  ['orchestrator', 'tls12_only', 'orchestrator.tls12-only.x86', false],
])('role %s, profile %s: exactly the values of %s.reg', async (role, profile, file, is64Bit) => {
  const host = new FakeHost({ windows: { is64Bit } });
  const { protocols, dotnet } = settingsOf(role, profile);
  for (const task of protocols) await runTask(schannelProtocol as ResourceModule, task, host);
  await runTask(dotnetTls as ResourceModule, dotnet, host);
  const expected = new FakeHost();
  for (const write of regWrites(fixture(`expected/${file}.reg`))) expected.put(write);
  expect(host.dump('HKEY_LOCAL_MACHINE')).toEqual(expected.dump('HKEY_LOCAL_MACHINE'));
});
