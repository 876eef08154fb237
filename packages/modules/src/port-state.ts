import type { ActionContext, HostWriter } from '@ratchet/core';
import { RatchetError } from '@ratchet/core';

const isItself = (address: string): boolean => /^(?:127\.|localhost$|::1$|0\.0\.0\.0$)/i.test(address);

/** One line of `netstat -an` of Windows. */
interface Connection {
  readonly port: number;
  readonly peer: string;
  readonly peerPort: number;
}

/**
 * TCP lines of `netstat -an`. Words of its states are in the host's language, so that they are not read: what has no peer (port 0)
 * listens.
 */
export const netstatLines = (output: string): readonly Connection[] =>
  output.split(/\r?\n/).flatMap((line): Connection[] => {
    const found = /^\s*TCP\s+\S+:(\d+)\s+(\S+):(\d+)/i.exec(line);
    return found ? [{ port: Number(found[1]), peer: found[2] as string, peerPort: Number(found[3]) }] : [];
  });

/** Whether a TCP port is open, seen from the host. Errors: `not-supported` for another machine's port seen from Windows. */
export const portIsOpen = async (
  host: HostWriter,
  context: ActionContext,
  address: string,
  port: number,
  timeoutMs: number,
): Promise<boolean> => {
  if (host.connection.kind === 'local') return (await context.controller.knock(address, port, timeoutMs)).open;
  if (!isItself(address))
    throw new RatchetError(
      'not-supported',
      'A Windows host cannot be asked for another machine’s port without PowerShell.',
      {
        hint: 'Wait on the controller: delegate_to: localhost.',
      },
    );
  const { stdout } = await host.query('netstat -an -p TCP');
  return netstatLines(stdout).some((one) => one.port === port && one.peerPort === 0);
};

const HEX_STATES: Readonly<Record<string, string>> = {
  '01': 'ESTABLISHED',
  '02': 'SYN_SENT',
  '03': 'SYN_RECV',
  '04': 'FIN_WAIT1',
  '05': 'FIN_WAIT2',
  '06': 'TIME_WAIT',
};

const fromHex = (hex: string): string =>
  (hex.match(/../g) ?? [])
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');

/** Whether a port of the host has no connections left, those of some peers and in other states not counted. */
export const drained = async (
  host: HostWriter,
  port: number,
  excluded: readonly string[],
  states: readonly string[],
): Promise<boolean> => {
  if (host.connection.kind !== 'local') {
    const { stdout } = await host.query('netstat -an -p TCP');
    return !netstatLines(stdout).some((one) => one.port === port && one.peerPort !== 0 && !excluded.includes(one.peer));
  }
  const { stdout } = await host.query('cat /proc/net/tcp /proc/net/tcp6 2>/dev/null; true');
  return !stdout.split('\n').some((line) => {
    const found = /^\s*\d+:\s+[0-9A-F]+:([0-9A-F]{4})\s+([0-9A-F]+):[0-9A-F]{4}\s+([0-9A-F]{2})/.exec(line);
    if (!found || Number.parseInt(found[1] as string, 16) !== port) return false;
    const peer = fromHex((found[2] as string).slice(-8));
    return states.includes(HEX_STATES[found[3] as string] ?? '') && !excluded.includes(peer);
  });
};
