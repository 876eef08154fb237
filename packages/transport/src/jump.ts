import type { Duplex } from 'node:stream';
import { RatchetError } from '@ratchet/core';
import type { Endpoint } from './endpoint.js';
import { commandInterrupted } from './results.js';
import type { Ssh2 } from './ssh2-auth.js';
import { openLink, type Ssh2Link } from './ssh2-link.js';

/** A channel of a hop to the next server. */
const forward = async (
  link: Ssh2Link,
  host: string,
  hop: Endpoint,
  next: Endpoint,
  signal: AbortSignal | undefined,
): Promise<Duplex> => {
  let timer: NodeJS.Timeout | undefined;
  let onAbort = (): void => undefined;
  const opened = new Promise<Duplex>((resolve, reject) => {
    onAbort = () => reject(commandInterrupted(host));
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    timer = setTimeout(
      () => reject(failed(`no answer within ${next.connectTimeoutMs / 1000} s`)),
      next.connectTimeoutMs,
    );
    const failed = (why: string, cause?: unknown): RatchetError =>
      new RatchetError(
        'unreachable',
        `${next.address}:${next.port} cannot be reached through ${hop.address}:${hop.port}: ${why}.`,
        { hint: 'Check ProxyJump, and that the hop may forward to this address.', place: { at: 'host', host }, cause },
      );
    link.client.forwardOut('127.0.0.1', 0, next.address, next.port, (error, channel) => {
      if (error) reject(failed(error.message, error));
      else resolve(channel);
    });
  });
  try {
    return await Promise.race([opened, link.lost]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
};

/**
 * The link to the endpoint through all its hops; each hop's host key is checked, and each hop is closed with the link.
 * @throws what `openLink` throws, for the hop at which it stopped.
 */
export const openThroughJumps = async (
  ssh2: Ssh2,
  host: string,
  endpoint: Endpoint,
  jumps: readonly Endpoint[],
  onLost: () => void,
  signal?: AbortSignal,
): Promise<Ssh2Link> => {
  const hops: Ssh2Link[] = [];
  const endHops = (): void => {
    for (const hop of [...hops].reverse()) hop.end();
  };
  try {
    let through: Duplex | undefined;
    for (const [index, hop] of jumps.entries()) {
      const link = await openLink({ ssh2, host, endpoint: hop, through, onLost: () => undefined, signal });
      hops.push(link);
      through = await forward(link, host, hop, jumps[index + 1] ?? endpoint, signal);
    }
    return await openLink({
      ssh2,
      host,
      endpoint,
      through,
      signal,
      onLost: () => {
        endHops();
        onLost();
      },
    });
  } catch (error) {
    endHops();
    throw error;
  }
};
