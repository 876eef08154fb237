import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** A real OpenSSH server of a test, on a loopback port with its own keys. */
export interface TestSshd {
  readonly port: number;
  readonly dir: string;
  readonly user: string;
  readonly clientKey: string;
  readonly knownHosts: string;
  stop(): Promise<void>;
}

const SSHD = '/usr/sbin/sshd';

/** Why no real sshd can be started here, or undefined. In CI a missing one is a failure, not a skip. */
export const missingSshd = (): string | undefined => {
  const missing = process.platform !== 'linux' ? 'this is not Linux' : undefined;
  const reason = missing ?? (existsSync(SSHD) ? undefined : `${SSHD} is not installed (package openssh-server)`);
  if (reason !== undefined && process.env['CI']) throw new Error(`The tests with a real sshd cannot run: ${reason}.`);
  if (reason !== undefined) process.stderr.write(`Tests with a real sshd are left out: ${reason}.\n`);
  return reason;
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', () => end(true));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });

/** Starts a server and waits until it answers. `name` is what known_hosts calls it, `denied` which requests of SFTP it does not know. */
export const startSshd = async (name = '127.0.0.1', denied?: string): Promise<TestSshd> => {
  const dir = mkdtempSync(join(tmpdir(), 'rt-sshd-'));
  const port = await freePort();
  const { username, uid } = userInfo();
  if (uid === 0) mkdirSync('/run/sshd', { recursive: true });
  for (const key of ['host', 'client'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, key)]);
  writeFileSync(join(dir, 'authorized_keys'), readFileSync(join(dir, 'client.pub')), { mode: 0o600 });
  const knownHosts = join(dir, 'known_hosts');
  writeFileSync(knownHosts, `[${name}]:${port} ${readFileSync(join(dir, 'host.pub'), 'utf8')}`);
  writeFileSync(
    join(dir, 'sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${join(dir, 'host')}`,
      `AuthorizedKeysFile ${join(dir, 'authorized_keys')}`,
      'PermitRootLogin yes',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'StrictModes no',
      'PidFile none',
      `Subsystem sftp internal-sftp${denied === undefined ? '' : ` -P ${denied}`}`,
      // bash reads ~/.bashrc when sshd starts it, unless it is nested; a person's start-up file is no part of a test.
      'SetEnv SHLVL=1',
      '',
    ].join('\n'),
  );
  const child = spawn(SSHD, ['-D', '-e', '-f', join(dir, 'sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`sshd ended: ${log}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { port, dir, user: username, clientKey: join(dir, 'client'), knownHosts, stop: () => stop(child, dir) };
};

const stop = async (child: ChildProcess, dir: string): Promise<void> => {
  if (child.exitCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
  rmSync(dir, { recursive: true, force: true });
};
