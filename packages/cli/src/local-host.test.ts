import { describe, expect, test } from '@jest/globals';
import type { Connection, ExecResult } from '@ratchet/core';
import { localFiles } from '@ratchet/transport';
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
    const host = localHost(connection, localFiles('here'));
    expect(await host.run('ls')).toEqual({ rc: 0, stdout: 'ü\n', stderr: '' });
    await host.run('ls', { chdir: "/tmp/it's" });
    expect(commands).toEqual(['ls', "cd -P '/tmp/it'\\''s' || exit\nls"]);
  });

  test('says that it is not Windows, with its name', async () => {
    const host = localHost(fakeConnection().connection, localFiles('here'));
    await expect(host.registry([{ path: 'HKEY_LOCAL_MACHINE\\SOFTWARE' }])).rejects.toMatchObject({
      code: 'not-supported',
      message: 'The host here is this machine and not Windows: it has no registry.',
      place: { at: 'host', host: 'here' },
    });
    await expect(host.bootMarker()).rejects.toMatchObject({ code: 'not-supported' });
  });

  test('a command killed by a signal has its number below zero, as in Ansible', async () => {
    const { connection } = fakeConnection({ code: null, signal: 'SIGKILL' });
    const host = localHost(connection, localFiles('here'));
    expect(await host.run('x')).toMatchObject({ rc: -9 });
  });
});
