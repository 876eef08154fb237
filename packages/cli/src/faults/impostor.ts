import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';

/** An SSH server that is not the host it is taken for. */
export interface Impostor {
  readonly port: number;
  /** How many times somebody tried to log in, which would tell it a password. */
  logins(): number;
  close(): Promise<void>;
}

/** Starts a server with a new key on a port of the loopback. It lets nobody in. */
export const startImpostor = async (): Promise<Impostor> => {
  let logins = 0;
  const key = ssh2.utils.generateKeyPairSync('ed25519').private;
  const server = new ssh2.Server({ hostKeys: [key] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (auth) => {
      logins += 1;
      auth.reject();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    logins: () => logins,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
};
