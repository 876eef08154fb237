import { constants } from 'node:os';
import {
  type CommandOutput,
  type Connection,
  type ExecOptions,
  type HostFiles,
  type HostWriter,
  RatchetError,
} from '@ratchet/core';

const notWindows = (host: string, wanted: string): RatchetError =>
  new RatchetError('not-supported', `The host ${host} is this machine and not Windows: it has no ${wanted}.`, {
    hint: 'Give the host an address and leave out ansible_connection: local, or leave it out of this play.',
    place: { at: 'host', host },
  });

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/**
 * The machine Ratchet runs on, for `ansible_connection: local`: commands go to /bin/sh through the connection; everything
 * of Windows is a `not-supported` error that names the host.
 */
export const localHost = (connection: Connection, files: HostFiles): HostWriter => {
  const host = connection.host;
  const refuse = async (wanted: string): Promise<never> => {
    throw notWindows(host, wanted);
  };
  const run = async (
    command: string,
    options: ExecOptions & { readonly chdir?: string } = {},
  ): Promise<CommandOutput> => {
    const { chdir, ...exec } = options;
    const result = await connection.exec(
      chdir === undefined ? command : `cd -P ${quoted(chdir)} || exit\n${command}`,
      exec,
    );
    // As Python tells it: a command that a signal has ended has the signal's number below zero.
    const rc = result.code ?? -(constants.signals[result.signal as NodeJS.Signals] ?? 1);
    return { rc, stdout: text(result.stdout), stderr: text(result.stderr) };
  };
  return {
    name: host,
    connection,
    files,
    run,
    query: run,
    registry: () => refuse('registry'),
    lookUp: () => refuse('registry'),
    writeRegistry: () => refuse('registry'),
    powershell: () => refuse('Windows PowerShell'),
    windows: () => refuse('Windows version'),
    bootMarker: () => refuse('Windows boot marker'),
  };
};
