import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectClient } from '../embedded/test-client.js';
import { type Testbed, upHosts } from '../testbed.js';
import { contractCases } from './contract.js';

/** Why no wine host can be had here, or null. */
const missing = (): string | null => {
  if (process.getuid?.() !== 0) return 'wine hosts need root (each runs an OpenSSH server of its own)';
  const found = ['wine', 'sshd', 'x86_64-w64-mingw32-gcc'].filter(
    (name) => spawnSync('which', [name], { env: { PATH: `${process.env['PATH']}:/usr/sbin` } }).status !== 0,
  );
  return found.length === 0 ? null : `these programs are missing: ${found.join(', ')}`;
};

const reason = missing();

describe('the contract on a wine host', () => {
  if (reason !== null) {
    process.stderr.write(`The contract is not run on wine: ${reason}.\n`);
    test('wine hosts can be started in CI', () => {
      expect(process.env['CI'] ? reason : null).toBeNull();
    });
    return;
  }

  const running: { testbed?: Testbed; dir: string; key: string; user: string } = { dir: '', key: '', user: '' };
  beforeAll(async () => {
    running.dir = await mkdtemp(join(tmpdir(), 'ratchet-contract-'));
    running.testbed = await upHosts({ kind: 'wine', dir: running.dir });
    running.key = await readFile(join(running.dir, 'id'), 'utf8');
    running.user = /^ {2}User (\S+)$/m.exec(await readFile(join(running.dir, 'ssh_config'), 'utf8'))?.[1] ?? '';
  }, 180_000);
  afterAll(async () => {
    await running.testbed?.stop();
    await rm(running.dir, { recursive: true, force: true });
  }, 60_000);

  test.each(contractCases.map((item) => [item.name, item] as const))(
    '%s',
    async (_name, item) => {
      const { testbed, key, user } = running;
      const host = testbed?.hosts[0];
      if (!testbed || !host) throw new Error('The host did not start.');
      const login = { host: '127.0.0.1', port: host.port, username: user, privateKey: key };
      await item.run({ connect: () => connectClient(login), reboot: () => testbed.reboot(host.name) });
    },
    60_000,
  );
});
