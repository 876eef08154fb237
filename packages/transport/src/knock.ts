import { connect } from 'node:net';

/** What a TCP port answered: whether it took the connection, and what it then sent, as far as it was listened to. */
export interface Knock {
  readonly open: boolean;
  readonly text: string;
}

const MOST = 1024 * 1024;

/**
 * Connects to a TCP port of any machine. With `enough` it listens until that is true of the text, the other side ends, or the time
 * (milliseconds) is over; without, it hangs up at once. Never throws: a port that cannot be reached is not open.
 */
export const knock = (
  address: string,
  port: number,
  timeoutMs: number,
  enough?: (text: string) => boolean,
): Promise<Knock> =>
  new Promise((resolve) => {
    let open = false;
    let text = '';
    const socket = connect({ host: address, port });
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ open, text });
    };
    const timer = setTimeout(end, timeoutMs);
    socket.setEncoding('latin1');
    socket.on('connect', () => {
      open = true;
      if (!enough) end();
    });
    socket.on('data', (chunk) => {
      text += String(chunk);
      if (enough?.(text) || text.length > MOST) end();
    });
    socket.on('error', end);
    socket.on('end', end);
  });
