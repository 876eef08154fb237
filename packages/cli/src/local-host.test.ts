import { describe, expect, test } from '@jest/globals';
import type { Connection, ExecResult } from '@ratchet/core';
import { localHost } from './local-host.js';

const fakeConnection = (result: Partial<ExecResult> = {}) => {
  const commands: string[] = [];
  const connection = {
    host: 'here',
    kind: 'local' as const,
    exec: async (command: string): Promise<ExecResult> => {
      commands.push(command);
      return { code: 0, stdout: new TextEncoder().encode('ü\n'), stderr: new Uint8Array(), ...result };
    },
    files: {} as Connection['files'],
    reset: async () => undefined,
    close: async () => undefined,
  };
  return { commands, connection };
};

describe('a local host', () => {
  test('runs commands through its connection, in a folder', async () => {
    const { commands, connection } = fakeConnection();
    const host = localHost(connection);
    expect(await host.run('ls')).toEqual({ rc: 0, stdout: 'ü\n', stderr: '' });
    await host.run('ls', { chdir: "/tmp/it's" });
    expect(commands).toEqual(['ls', "cd '/tmp/it'\\''s' && ls"]);
  });

  test('says that it is not Windows, with its name', async () => {
    const host = localHost(fakeConnection().connection);
    await expect(host.registry([{ path: 'HKEY_LOCAL_MACHINE\\SOFTWARE' }])).rejects.toMatchObject({
      code: 'not-supported',
      message: 'The host here is this machine and not Windows: it has no registry.',
      place: { at: 'host', host: 'here' },
    });
    await expect(host.bootMarker()).rejects.toMatchObject({ code: 'not-supported' });
  });

  test('a command killed by a signal is an error', async () => {
    const host = localHost(fakeConnection({ code: null, signal: 'SIGKILL' }).connection);
    await expect(host.run('x')).rejects.toMatchObject({ code: 'command-failed' });
  });
});
