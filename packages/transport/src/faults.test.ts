import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Connection, Plain } from '@ratchet/core';
import ssh2, { type Server, type ServerChannel } from 'ssh2';
import { connect } from './index.js';
import { settingsFromVars } from './settings.js';

jest.setTimeout(20_000);

const PASSWORD = 'a{#b{{c}}%}$1"\'';
/** ssh2 now and then makes a key that it cannot read itself. */
const readableKeyPair = (): { readonly private: string; readonly public: string } => {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
};

const HOST_KEY = readableKeyPair();

interface Fault {
  /** What the server does with a command. */
  command(channel: ServerChannel, command: string, socket: Socket): void;
  readonly methods?: readonly string[];
}

const finish = (channel: ServerChannel, text: string, code = 0): void => {
  channel.write(text);
  channel.exit(code);
  channel.end();
};

let dir: string;
let port: number;
let server: Server | NetServer | undefined;
const sockets = new Set<Socket>();
const open: Connection[] = [];
let logins: string[] = [];

const listen = (started: Server | NetServer, wanted = 0): Promise<void> => {
  server = started;
  return new Promise((resolve) => {
    started.listen(wanted, '127.0.0.1', () => {
      const address = started.address();
      port = typeof address === 'object' && address ? address.port : 0;
      resolve();
    });
  });
};

const serve = (fault: Fault, wanted = 0): Promise<void> => {
  const started = new ssh2.Server({ hostKeys: [HOST_KEY.private] }, (client, info) => {
    const socket = (client as unknown as { _sock: Socket })._sock;
    sockets.add(socket);
    expect(info.ip).toBe('127.0.0.1');
    client.on('error', () => undefined);
    client.on('authentication', (auth) => {
      logins.push(auth.method);
      const methods = fault.methods ?? ['password'];
      if (!methods.includes(auth.method)) auth.reject([...methods] as never);
      else if (auth.method === 'password') auth.password === PASSWORD ? auth.accept() : auth.reject();
      else if (auth.method === 'keyboard-interactive')
        auth.prompt([{ prompt: 'Password:', echo: false }], (answers) =>
          answers[0] === PASSWORD ? auth.accept() : auth.reject(),
        );
      else auth.reject();
    });
    client.on('session', (accept) => {
      const session = accept();
      session.on('pty', (_accept, reject) => reject?.());
      session.on('exec', (take, _reject, exec) => {
        const channel = take();
        channel.on('error', () => undefined);
        fault.command(channel, exec.command, socket);
      });
    });
  });
  return listen(started, wanted);
};

const stop = async (): Promise<void> => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  const stopping = server;
  server = undefined;
  if (stopping) await new Promise<void>((resolve) => stopping.close(() => resolve()));
};

const to = (vars: Record<string, Plain> = {}): Connection => {
  const known = join(dir, 'known_hosts');
  const parsed = ssh2.utils.parseKey(HOST_KEY.public);
  if (parsed instanceof Error) throw parsed;
  writeFileSync(known, `[127.0.0.1]:${port} ssh-ed25519 ${parsed.getPublicSSH().toString('base64')}\n`);
  const connection = connect(
    settingsFromVars(
      'win1',
      {
        ansible_host: '127.0.0.1',
        ansible_port: port,
        ansible_user: 'admin_user',
        ansible_password: PASSWORD,
        ratchet_known_hosts: known,
        ...vars,
      },
      { home: dir, env: {} },
    ),
  );
  open.push(connection);
  return connection;
};

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rt-faults-'));
  logins = [];
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()));
  await stop();
  rmSync(dir, { recursive: true, force: true });
});

describe('output', () => {
  test('characters cut between packets stay whole bytes (C21)', async () => {
    await serve({
      command: (channel) => {
        for (const part of ['707269636520', 'e282', 'ac0a']) channel.write(Buffer.from(part, 'hex'));
        finish(channel, '');
      },
    });
    expect(text((await to().exec('price')).stdout)).toBe('price €\n');
  });

  test('output that comes after the exit status is kept (C30)', async () => {
    await serve({
      command: (channel) => {
        channel.exit(0);
        channel.end('0123456789abcde\n'.repeat(12_800));
      },
    });
    const result = await to().exec('big');
    expect(result.code).toBe(0);
    expect(text(result.stdout)).toBe('0123456789abcde\n'.repeat(12_800));
  });

  test.each([3010, 1190, 0xc0000135])('the exit code %d comes whole', async (code) => {
    await serve({ command: (channel) => finish(channel, '', code) });
    expect((await to().exec('shutdown')).code).toBe(code);
  });
});

describe('lost and silent connections', () => {
  test('a reset after success and between two commands hurts neither (C47)', async () => {
    await serve({
      command: (channel, _command, socket) => {
        channel.on('close', () => setImmediate(() => socket.resetAndDestroy()));
        finish(channel, 'srv01\n');
      },
    });
    const host = to();
    for (const attempt of [1, 2, 3]) {
      expect([attempt, text((await host.exec('hostname')).stdout)]).toEqual([attempt, 'srv01\n']);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });

  test('a reset that arrives with the next command costs nothing: the command is sent once, on a new link (C47)', async () => {
    const commands: string[] = [];
    await serve({
      command: (channel, command) => {
        commands.push(command);
        finish(channel, 'ok');
      },
    });
    const host = to();
    await host.exec('one');
    // The far end is gone, and the controller has not read that from its socket yet.
    for (const socket of sockets) socket.resetAndDestroy();
    expect(text((await host.exec('two')).stdout)).toBe('ok');
    expect(commands).toEqual(['one', 'two']);
  });

  test('a reset in the middle of a command is unreachable (C47)', async () => {
    await serve({
      command: (channel, _command, socket) => {
        channel.write('half');
        setImmediate(() => socket.resetAndDestroy());
      },
    });
    await expect(to().exec('module')).rejects.toMatchObject({ code: 'unreachable', details: { lost: true } });
  });

  test('a fresh connection is made for each attempt after a restart (C35)', async () => {
    let commands = 0;
    const fault: Fault = {
      command: (channel, command) => {
        commands += command === 'hostname' ? 1 : 0;
        finish(channel, 'srv01\n');
      },
    };
    await serve(fault);
    const host = to();
    await host.exec('shutdown /r');
    const before = port;
    await stop();
    await host.reset();
    for (const _attempt of [1, 2, 3])
      await expect(host.exec('hostname')).rejects.toMatchObject({ code: 'unreachable' });
    await serve(fault, before);
    expect((await host.exec('hostname')).code).toBe(0);
    expect(commands).toBe(1);
  });

  test('a silent channel is given up after its time, and the next command has a new connection (C36)', async () => {
    await serve({
      command: (channel, command) => {
        if (command !== 'shutdown /r') finish(channel, 'ok');
      },
    });
    const host = to();
    await expect(host.exec('shutdown /r', { timeoutMs: 200 })).rejects.toMatchObject({ code: 'timeout' });
    expect(text((await host.exec('ver')).stdout)).toBe('ok');
    expect(logins.filter((method) => method === 'password')).toHaveLength(2);
  });

  test('a host that falls silent is noticed by keepalives (C36)', async () => {
    await serve({ command: (_channel, _command, socket) => void socket.pause() });
    const host = to({ ansible_ssh_common_args: '-o ServerAliveInterval=1 -o ServerAliveCountMax=1' });
    await expect(host.exec('shutdown /r')).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('a host that hangs after accepting is unreachable after the connect timeout', async () => {
    await listen(createServer((socket) => void sockets.add(socket.on('error', () => undefined))));
    const host = to({ ansible_ssh_common_args: '-o ConnectTimeout=1' });
    await expect(host.exec('ver')).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('within 1 s'),
    });
  });

  test('an attempt to connect ends at once when it is cancelled or closed', async () => {
    await listen(createServer((socket) => void sockets.add(socket.on('error', () => undefined))));
    const host = to({ ansible_ssh_common_args: '-o ConnectTimeout=600' });
    const abort = new AbortController();
    const cancelled = host.exec('ver', { signal: abort.signal });
    const waiting = host.exec('ver');
    abort.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'interrupted' });
    const ended = expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
    await host.close();
    await ended;
  });
});

describe('login', () => {
  test('a password is used byte for byte (C43)', async () => {
    await serve({ command: (channel) => finish(channel, 'in') });
    expect(text((await to().exec('ver')).stdout)).toBe('in');
  });

  test('a wrong password is auth, and no error shows it (C43)', async () => {
    await serve({ command: (channel) => finish(channel, 'in') });
    const error: unknown = await to({ ansible_password: 'wrong{#secret' })
      .exec('ver')
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'auth' });
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('wrong{#secret');
  });

  test('keyboard-interactive is given the password when the server asks that way', async () => {
    await serve({ command: (channel) => finish(channel, 'in'), methods: ['keyboard-interactive'] });
    expect(text((await to().exec('ver')).stdout)).toBe('in');
    expect(logins).toContain('keyboard-interactive');
  });

  test('a key that changed is refused with both fingerprints before any login', async () => {
    await serve({ command: (channel) => finish(channel, 'in') });
    const other = ssh2.utils.parseKey(readableKeyPair().public);
    if (other instanceof Error) throw other;
    const file = join(dir, 'changed');
    writeFileSync(file, `[127.0.0.1]:${port} ssh-ed25519 ${other.getPublicSSH().toString('base64')}\n`);
    const error: unknown = await to({ ratchet_known_hosts: file })
      .exec('ver')
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'host-key' });
    expect(String((error as Error).message).match(/SHA256:[\w+/]{43}/g)).toHaveLength(2);
    expect(logins).toEqual([]);
  });
});
