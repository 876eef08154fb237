import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Connection, Plain } from '@ratchet/core';
import { connect } from './index.js';
import { settingsFromVars, type TransportFlags } from './settings.js';
import { missingSshd, startSshd, type TestSshd } from './test-sshd.js';

// Real servers and programs on a busy machine.
jest.setTimeout(60_000);

const describeReal = missingSshd() === undefined ? describe : describe.skip;

describeReal('against a real OpenSSH server', () => {
  let sshd: TestSshd;
  let flags: TransportFlags;
  const open: Connection[] = [];

  beforeAll(async () => {
    sshd = await startSshd();
    flags = { home: mkdtempSync(join(sshd.dir, 'home-')), env: {} };
  });
  afterAll(async () => {
    await Promise.all(open.map((connection) => connection.close()));
    await sshd.stop();
  });

  const to = (vars: Record<string, Plain> = {}): Connection => {
    const connection = connect(
      settingsFromVars(
        'win1',
        {
          ansible_host: '127.0.0.1',
          ansible_port: sshd.port,
          ansible_user: sshd.user,
          ansible_ssh_private_key_file: sshd.clientKey,
          ratchet_known_hosts: sshd.knownHosts,
          ...vars,
        },
        flags,
      ),
    );
    open.push(connection);
    return connection;
  };
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

  test.each(['ssh', 'openssh'])(
    '%s runs commands with input, both streams and the exit code, without a terminal (C29)',
    async (kind) => {
      const host = to({ ansible_connection: kind });
      const result = await host.exec("cat; echo oops >&2; test -t 0 || echo notty; printf '%300s' x; exit 3", {
        stdin: 'in€\n',
      });
      expect(result.code).toBe(3);
      expect(text(result.stdout)).toBe(`in€\nnotty\n${' '.repeat(299)}x`);
      expect(text(result.stderr)).toBe('oops\n');
    },
  );

  test.each(['ssh', 'openssh'])('%s runs many commands at once over one connection', async (kind) => {
    const host = to({ ansible_connection: kind });
    const results = await Promise.all(
      Array.from({ length: 24 }, (_, index) => host.exec(`echo ${index} "$SSH_CONNECTION"`)),
    );
    expect(results.map((result) => text(result.stdout).split(' ')[0])).toEqual(
      Array.from({ length: 24 }, (_, index) => String(index)),
    );
    expect(new Set(results.map((result) => text(result.stdout).split(' ')[2])).size).toBe(1);
  });

  test.each(['ssh', 'openssh'])('%s moves files', async (kind) => {
    const { files } = to({ ansible_connection: kind });
    const dir = mkdtempSync(join(sshd.dir, 'files-'));
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 256));
    const path = `${dir}/a b/c/file`;
    expect(await files.exists(path)).toBe(false);
    await files.makeFolder(`${dir}/a b/c`);
    await files.makeFolder(`${dir}/a b/c`);
    await files.write(path, bytes, { exclusive: true });
    expect(await files.exists(path)).toBe(true);
    expect(Buffer.from(await files.read(path)).equals(bytes)).toBe(true);
    await expect(files.write(path, bytes, { exclusive: true })).rejects.toMatchObject({ details: { exists: true } });
    await files.write(path, Buffer.from('short'));
    expect(readFileSync(path, 'utf8')).toBe('short');
    const before = statSync(path).ino;
    await files.write(path, Buffer.from('other'), { inPlace: true });
    expect(readFileSync(path, 'utf8')).toBe('other');
    // The system's sftp empties what it writes over: so it is another file that takes its place.
    expect(statSync(path).ino === before).toBe(kind === 'ssh');
    expect(readdirSync(`${dir}/a b/c`)).toEqual(['file']);
    await files.remove(path);
    await expect(files.write(path, bytes, { inPlace: true })).rejects.toMatchObject({ details: { missing: true } });
    expect(await files.exists(path)).toBe(false);
    expect(readdirSync(`${dir}/a b/c`)).toEqual([]);
    await expect(files.read(path)).rejects.toMatchObject({ code: 'command-failed', details: { missing: true } });
    await expect(files.remove(path)).rejects.toMatchObject({ details: { missing: true } });
  });

  test('openssh writes over a file where the server renames over none, too', async () => {
    const old = await startSshd('127.0.0.1', 'posix-rename');
    try {
      const { files } = to({
        ansible_connection: 'openssh',
        ansible_port: old.port,
        ansible_ssh_private_key_file: old.clientKey,
        ratchet_known_hosts: old.knownHosts,
      });
      const dir = mkdtempSync(join(old.dir, 'files-'));
      await files.write(`${dir}/file`, Buffer.from('first'), { exclusive: true });
      await files.write(`${dir}/file`, Buffer.from('other'), { inPlace: true });
      expect(readFileSync(`${dir}/file`, 'utf8')).toBe('other');
      await expect(files.write(`${dir}/none`, Buffer.from('x'), { inPlace: true })).rejects.toMatchObject({
        details: { missing: true },
      });
      expect(readdirSync(dir)).toEqual(['file']);
    } finally {
      await old.stop();
    }
  });

  test.each(['ssh', 'openssh'])('%s cuts a command at its time limit and goes on', async (kind) => {
    const host = to({ ansible_connection: kind });
    await expect(host.exec('sleep 60', { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'timeout',
      hint: expect.stringContaining('may still run'),
    });
    expect((await host.exec('true')).code).toBe(0);
    const abort = new AbortController();
    const running = host.exec('sleep 60', { signal: abort.signal });
    abort.abort();
    await expect(running).rejects.toMatchObject({ code: 'interrupted' });
    await expect(host.exec('yes', { maxOutputBytes: 1000 })).rejects.toMatchObject({ code: 'host-output' });
    await host.reset();
    expect((await host.exec('exit 255')).code).toBe(255);
  });

  test.each(['ssh', 'openssh'])('%s refuses an unknown and a changed host key', async (kind) => {
    const file = join(sshd.dir, `known-${kind}`);
    writeFileSync(file, '');
    const vars = { ansible_connection: kind, ratchet_known_hosts: file };
    await expect(to(vars).exec('true')).rejects.toMatchObject({ code: 'host-key' });
    const other = readFileSync(`${sshd.clientKey}.pub`, 'utf8');
    writeFileSync(file, `[127.0.0.1]:${sshd.port} ${other}`);
    await expect(to(vars).exec('true')).rejects.toMatchObject({ code: 'host-key' });
  });

  test('accept-new stores the key in the bracket form, readable by its owner only (C42)', async () => {
    const file = join(sshd.dir, 'new', 'known_hosts');
    const vars = { ratchet_known_hosts: file, ansible_ssh_common_args: '-o StrictHostKeyChecking=accept-new' };
    expect((await to(vars).exec('true')).code).toBe(0);
    const stored = readFileSync(file, 'utf8');
    expect(stored.startsWith(`[127.0.0.1]:${sshd.port} ssh-ed25519 `)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await to({ ratchet_known_hosts: file }).exec('true')).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(stored);
    rmSync(file);
  });

  test.each(['ssh', 'openssh'])('%s says that a login is refused', async (kind) => {
    const key = join(sshd.dir, 'host');
    await expect(
      to({
        ansible_connection: kind,
        ansible_ssh_private_key_file: key,
        ansible_ssh_extra_args: '-o IdentitiesOnly=yes',
      }).exec('true'),
    ).rejects.toMatchObject({ code: 'auth' });
  });

  test.each(['ssh', 'openssh'])('%s calls a closed port unreachable', async (kind) => {
    await expect(to({ ansible_connection: kind, ansible_port: 1 }).exec('true')).rejects.toMatchObject({
      code: 'unreachable',
    });
  });

  test('an encrypted key is opened by its passphrase; without it the error says what to do', async () => {
    const locked = join(sshd.dir, 'locked');
    copyFileSync(sshd.clientKey, locked);
    chmodSync(locked, 0o600);
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', locked]);
    const withKey = (vars: Record<string, string>) => to({ ansible_ssh_private_key_file: locked, ...vars });
    const host = withKey({ ansible_ssh_private_key_passphrase: 'open sesame' });
    expect(text((await host.exec('echo in')).stdout)).toBe('in\n');
    await expect(withKey({}).exec('true')).rejects.toMatchObject({
      code: 'auth',
      message: expect.stringContaining(`Left out: ${locked} has a passphrase.`),
      hint: expect.stringContaining('ansible_ssh_private_key_passphrase'),
    });
    await expect(withKey({ ansible_ssh_private_key_passphrase: 'wrong' }).exec('true')).rejects.toMatchObject({
      code: 'auth',
      message: expect.stringContaining(`${locked} has another passphrase`),
    });
  });

  test('ProxyJump goes through two hops and checks each one', async () => {
    const hops = await Promise.all([startSshd('127.0.0.1'), startSshd('hop2')]);
    try {
      writeFileSync(join(sshd.dir, 'all'), [sshd, ...hops].map((one) => readFileSync(one.knownHosts, 'utf8')).join(''));
      const home = mkdtempSync(join(sshd.dir, 'home-'));
      const config = hops.map(
        (hop, index) =>
          `Host hop${index + 1}\n HostName 127.0.0.1\n Port ${hop.port}\n IdentityFile ${hop.clientKey}\n`,
      );
      const ssh = join(home, '.ssh');
      mkdirSync(ssh);
      writeFileSync(join(ssh, 'config'), `${config.join('')} HostKeyAlias [hop2]:${hops[1]?.port}\n`);
      const through = (known: string): Connection => {
        const connection = connect(
          settingsFromVars(
            'win1',
            {
              ansible_host: '127.0.0.1',
              ansible_port: sshd.port,
              ansible_user: sshd.user,
              ansible_ssh_private_key_file: sshd.clientKey,
              ratchet_known_hosts: known,
              ansible_ssh_common_args: `-o ProxyJump=${sshd.user}@hop1,${sshd.user}@hop2`,
            },
            { home, env: {} },
          ),
        );
        open.push(connection);
        return connection;
      };
      const host = through(join(sshd.dir, 'all'));
      expect(text((await host.exec('echo far')).stdout)).toBe('far\n');
      await host.close();
      await expect(through(sshd.knownHosts).exec('true')).rejects.toMatchObject({ code: 'host-key' });
    } finally {
      await Promise.all(hops.map((hop) => hop.stop()));
    }
  });
});
