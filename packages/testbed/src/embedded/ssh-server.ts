import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ParsedKey } from 'ssh2';
import { runExec } from './exec-channel.js';
import type { Machine } from './machine.js';
import { serveSftp } from './sftp-server.js';

/** Who may log in. */
export interface Logins {
  /** All log in to one profile. */
  readonly users: readonly string[];
  readonly password: string | undefined;
  readonly keys: readonly ParsedKey[];
}

export interface SshServerOptions {
  readonly machine: Machine;
  readonly hostKey: string;
  readonly logins: Logins;
  readonly shell: 'cmd' | 'powershell';
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const sameText = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const mayLogIn = (context: AuthContext, { users, password, keys }: Logins): boolean => {
  if (!users.some((user) => context.username.toLowerCase() === user.toLowerCase())) return false;
  if (context.method === 'password') return password !== undefined && sameText(context.password, password);
  if (context.method !== 'publickey') return false;
  const key = keys.find((known) => known.getPublicSSH().equals(context.key.data));
  if (!key) return false;
  return context.signature ? key.verify(context.blob ?? '', context.signature, context.hashAlgo) === true : true;
};

/** The listening side of a host: it can go down with all its connections and come back on the same port. */
export class SshServer {
  readonly #options: SshServerOptions;
  readonly #sockets = new Set<Socket>();
  #hostKey: string;
  #server: ssh2.Server | undefined;
  #execs = 0;
  #requests = 0;

  constructor(options: SshServerOptions) {
    this.#options = options;
    this.#hostKey = options.hostKey;
  }

  useHostKey(privateKey: string): void {
    this.#hostKey = privateKey;
  }

  /** Listens on the loopback; 0 picks a port. Resolves with the port. */
  listen(port: number): Promise<number> {
    const server = new ssh2.Server({ hostKeys: [this.#hostKey], ident: 'OpenSSH_for_Windows_9.5' }, (client) =>
      this.#serve(client),
    );
    this.#watchSockets(server);
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  /** Cuts every connection and stops listening. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.cut();
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** ssh2 takes sockets from an inner server; taking them over lets faults come before the first byte. */
  #watchSockets(server: ssh2.Server): void {
    const { faults } = this.#options.machine;
    const inner = (server as unknown as { readonly _srv: import('node:net').Server })._srv;
    const accept = inner.listeners('connection') as ((socket: Socket) => void)[];
    inner.removeAllListeners('connection');
    inner.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
      if (faults.refuseConnections?.()) socket.destroy();
      else if (faults.hangAfterAccept?.()) socket.resume();
      else for (const listener of accept) listener.call(inner, socket);
    });
  }

  #serve(client: Connection): void {
    const { machine, logins } = this.#options;
    // A client that goes away in the middle is what the tests are about.
    client.on('error', () => client.end());
    client.on('authentication', (context) => {
      if (!machine.faults.refuseLogin?.() && mayLogIn(context, logins)) context.accept();
      else context.reject(logins.password === undefined ? ['publickey'] : ['publickey', 'password']);
    });
    client.on('session', (accept) => {
      const session = accept();
      session.on('sftp', (acceptSftp, reject) => {
        if (machine.faults.refuseSftp?.()) reject();
        else serveSftp(acceptSftp(), machine, () => this.#countRequest());
      });
      session.on('exec', (acceptExec, _reject, info) => this.#exec(info.command, acceptExec));
      session.on('pty', (_accept, reject) => reject?.());
      session.on('shell', (_accept, reject) => reject?.());
    });
  }

  /** Counts an SFTP request; false when it is not to be done. */
  #countRequest(): boolean {
    const cut = this.#options.machine.faults.cutFiles?.(this.#requests);
    this.#requests += 1;
    if (cut) this.cut();
    return cut !== 'before';
  }

  #exec(command: string, accept: () => ssh2.ServerChannel): void {
    const { machine, shell } = this.#options;
    const cut = machine.faults.cut?.({ index: this.#execs, command });
    this.#execs += 1;
    if (cut === 'before') {
      this.cut();
      return;
    }
    const channel = accept();
    const ended = (code: number): void => {
      if (cut === 'after' || machine.faults.cutAfter?.(machine.log.at(-1)?.text ?? '')) {
        this.cut();
        return;
      }
      channel.exit(code);
      channel.end();
    };
    const stuck = (): void => {
      if (cut === 'during') this.cut();
    };
    runExec({ command, channel, loginShell: shell, cut, ended, stuck }, machine);
  }
}
