import { createConnection, createServer, type Socket } from 'node:net';

/** Stands between a controller and a host, whatever kind it is of, and does to the wire what wires do. */
export interface Relay {
  readonly port: number;
  /** Cuts all connections; the host's side goes on with what it was told. New connections are let through. */
  cut(): void;
  /** Connections that are open carry nothing any more, in either direction; new ones are let through. */
  silence(): void;
  close(): Promise<void>;
}

/** Starts a relay to a port of the loopback. */
export const startRelay = async (target: number): Promise<Relay> => {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((client) => {
    const host = createConnection({ port: target, host: '127.0.0.1', noDelay: true });
    client.setNoDelay(true);
    const pair = [client, host] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    client.pipe(host);
    host.pipe(client);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const cut = (): void => {
    for (const pair of [...pairs]) for (const socket of pair) socket.destroy();
  };
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    cut,
    silence: () => {
      for (const [client, host] of pairs) {
        client.unpipe(host).pause();
        host.unpipe(client).pause();
      }
    },
    close: async () => {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
