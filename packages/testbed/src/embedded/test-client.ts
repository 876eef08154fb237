import ssh2, { type Client, type ConnectConfig, type SFTPWrapper } from 'ssh2';

/** What a command gave over SSH. */
export interface ClientResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A plain SSH client for trying a test host: no policy, no reconnecting. */
export interface TestClient {
  exec(command: string, stdin?: string): Promise<ClientResult>;
  /** A script through `cmd /q /d`; the banner is taken off. */
  script(...lines: readonly string[]): Promise<ClientResult>;
  upload(path: string, bytes: Uint8Array): Promise<void>;
  download(path: string): Promise<Uint8Array>;
  remove(path: string): Promise<void>;
  realpath(path: string): Promise<string>;
  /** Resolves when the other side closes the connection. */
  readonly closed: Promise<void>;
  end(): void;
}

const START = 'ratchet-script-starts';

const sftpOf = (client: Client): Promise<SFTPWrapper> =>
  new Promise((resolve, reject) => client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp))));

const exec = (client: Client, command: string, stdin: string): Promise<ClientResult> =>
  new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      const chunks: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
      let code: number | null = null;
      channel.on('data', (chunk: Buffer) => chunks.stdout.push(chunk));
      channel.stderr.on('data', (chunk: Buffer) => chunks.stderr.push(chunk));
      channel.on('exit', (status: number | null) => {
        code = status;
      });
      channel.on('close', () =>
        resolve({
          code,
          stdout: Buffer.concat(chunks.stdout).toString('latin1'),
          stderr: Buffer.concat(chunks.stderr).toString('latin1'),
        }),
      );
      channel.end(stdin);
    });
  });

/** Connects. Errors: whatever ssh2 says. */
export const connectClient = async (config: ConnectConfig): Promise<TestClient> => {
  const client = new ssh2.Client();
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve);
    client.once('error', reject);
    client.once('close', () => reject(new Error('The connection was closed.')));
    client.connect(config);
  });
  // A cut is seen through `closed`.
  client.on('error', () => client.end());
  let sftp: Promise<SFTPWrapper> | undefined;
  const files = (): Promise<SFTPWrapper> => {
    sftp ??= sftpOf(client);
    return sftp;
  };
  const call = async <T>(
    act: (on: SFTPWrapper, done: (error: Error | null | undefined, value?: T) => void) => void,
  ) => {
    const on = await files();
    return new Promise<T>((resolve, reject) =>
      act(on, (error, value) => (error ? reject(error) : resolve(value as T))),
    );
  };
  return {
    exec: (command, stdin = '') => exec(client, command, stdin),
    script: async (...lines) => {
      const result = await exec(client, 'cmd /q /d', `${[`echo ${START}`, ...lines].join('\r\n')}\r\n`);
      return { ...result, stdout: result.stdout.slice(result.stdout.indexOf(START) + START.length + 2) };
    },
    upload: (path, bytes) => call<void>((on, done) => on.writeFile(path, Buffer.from(bytes), done)),
    download: (path) => call<Buffer>((on, done) => on.readFile(path, done)),
    remove: (path) => call<void>((on, done) => on.unlink(path, done)),
    realpath: (path) => call<string>((on, done) => on.realpath(path, done)),
    closed,
    end: () => client.end(),
  };
};
