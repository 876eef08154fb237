import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect as openSocket, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Connection } from '@ratchet/core';
import ssh2, { type Server } from 'ssh2';
import { connect } from './index.js';
import { settingsFromVars } from './settings.js';

const HOST_KEY = ssh2.utils.generateKeyPairSync('ed25519');

let dir: string;
const servers: Server[] = [];
const sockets = new Set<Socket>();
let connection: Connection | undefined;
/** Called when a server is asked to forward, and does not answer. */
let onForward: (() => void) | undefined;

/** A server that lets in by one password only, answers every command with its name, and forwards. */
const serve = async (name: string, password: string): Promise<number> => {
  const server = new ssh2.Server({ hostKeys: [HOST_KEY.private] }, (client) => {
    sockets.add((client as unknown as { _sock: Socket })._sock);
    client.on('error', () => undefined);
    client.on('authentication', (auth) => {
      if (auth.method === 'password' && auth.password === password) auth.accept();
      else auth.reject(['password']);
    });
    client.on('tcpip', (accept, _reject, { destPort }) => {
      if (onForward) return onForward();
      const channel = accept();
      const socket = openSocket(destPort, '127.0.0.1');
      sockets.add(socket);
      socket.on('error', () => channel.close());
      channel.on('error', () => socket.destroy());
      channel.pipe(socket).pipe(channel);
    });
    client.on('session', (accept) =>
      accept().on('exec', (take) => {
        const channel = take();
        channel.write(name);
        channel.exit(0);
        channel.end();
      }),
    );
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rt-jump-'));
  onForward = undefined;
});
afterEach(async () => {
  await connection?.close();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await Promise.all(servers.splice(0).map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  rmSync(dir, { recursive: true, force: true });
});

/** The target behind a hop, with `-k` for the target. */
const throughHop = async (hopPassword: string | undefined): Promise<Connection> => {
  const [hop, target] = [await serve('hop', 'of-the-hop'), await serve('target', 'of-the-target')];
  const parsed = ssh2.utils.parseKey(HOST_KEY.public);
  if (parsed instanceof Error) throw parsed;
  const key = `ssh-ed25519 ${parsed.getPublicSSH().toString('base64')}`;
  const known = join(dir, 'known_hosts');
  writeFileSync(known, `[127.0.0.1]:${hop} ${key}\n[127.0.0.1]:${target} ${key}\n`);
  const vars = {
    ansible_host: '127.0.0.1',
    ansible_port: target,
    ansible_user: 'admin',
    ratchet_known_hosts: known,
    ansible_ssh_common_args: `-o ConnectTimeout=600 -o ProxyJump=admin@127.0.0.1:${hop}`,
    ...(hopPassword === undefined ? {} : { ratchet_jump_password: hopPassword }),
  };
  connection = connect(settingsFromVars('win1', vars, { password: 'of-the-target', home: dir, env: {} }));
  return connection;
};

test('the target is given its password and the hop its own', async () => {
  const host = await throughHop('of-the-hop');
  expect(Buffer.from((await host.exec('who')).stdout).toString()).toBe('target');
});

test('the password of the target is never shown to a hop, and the error names the variable', async () => {
  const host = await throughHop(undefined);
  await expect(host.exec('who')).rejects.toMatchObject({
    code: 'auth',
    message: expect.stringContaining('nothing to try'),
    hint: expect.stringContaining('ratchet_jump_password'),
  });
});

test('a hop that does not forward holds nobody up who gives up', async () => {
  const host = await throughHop('of-the-hop');
  const asked = new Promise<void>((resolve) => {
    onForward = resolve;
  });
  const waiting = expect(host.exec('who')).rejects.toMatchObject({ code: 'interrupted' });
  await asked;
  await host.close();
  await waiting;
});
