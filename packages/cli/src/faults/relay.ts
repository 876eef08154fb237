import { createConnection, createServer, type Socket } from 'node:net';

/** Stands between a controller and a host, whatever kind it is of, and does to the wire what wires do. */
export interface Relay {
  readonly port: number;
  /** Cuts all connections; the host's side goes on with what it was told. New connections are let through. */
  cut(): void;
  /** Connections that are open carry nothing any more, in either direction; new ones are let through. */
  silence(): void;
  /** Cuts all connections and lets none in, as where a host is without power; until `up`. */
  down(): void;
  up(): void;
  /** Takes so many connections and says nothing on them. */
  takeSilently(times: number): void;
  /** New connections lead to another port. */
  leadTo(port: number): void;
  close(): Promise<void>;
}

/** Starts a relay to a port of the loopback. */
export const startRelay = async (target: number): Promise<Relay> => {
  const pairs = new Set<readonly [Socket, Socket]>();
  const taken = new Set<Socket>();
  let [leadsTo, isDown, silently] = [target, false, 0];
  const server = createServer((client) => {
    if (isDown) return void client.on('error', () => undefined).resetAndDestroy();
    if (silently > 0) {
      silently -= 1;
      return void taken.add(client.on('error', () => undefined));
    }
    const host = createConnection({ port: leadsTo, host: '127.0.0.1', noDelay: true });
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
    down: () => {
      isDown = true;
      cut();
    },
    up: () => {
      isDown = false;
    },
    takeSilently: (times) => {
      silently = times;
    },
    leadTo: (port) => {
      leadsTo = port;
    },
    close: async () => {
      cut();
      for (const socket of taken) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
