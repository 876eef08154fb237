import { afterEach, describe, expect, test } from '@jest/globals';
import type { RegistryWrite } from '@ratchet/core';
import { type EmbeddedHost, type EmbeddedOptions, startEmbeddedHost } from './host.js';
import { connectClient, type TestClient } from './test-client.js';

const KEY = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Ratchet Test';
const seed: RegistryWrite[] = [
  { op: 'set', path: KEY, name: 'Enabled', data: { type: 'REG_DWORD', number: 0xffffffff } },
  { op: 'set', path: `${KEY}\\Sub`, name: '', data: { type: 'REG_SZ', text: 'Grüße 日本' } },
];

const running: { host?: EmbeddedHost; clients: TestClient[] } = { clients: [] };

const start = async (options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedHost> => {
  running.host = await startEmbeddedHost({ name: 'win1', password: 'p', registry: seed, downMs: 20, ...options });
  return running.host;
};

const connect = async (password = 'p'): Promise<TestClient> => {
  const client = await connectClient({ host: '127.0.0.1', port: running.host?.port ?? 0, username: 'admin', password });
  running.clients.push(client);
  return client;
};

afterEach(async () => {
  for (const client of running.clients.splice(0)) client.end();
  await running.host?.stop();
});

describe('commands', () => {
  test('reg query prints a block per key, with characters outside the code page lost', async () => {
    await start();
    const { code, stdout } = await (await connect()).script('reg query "HKLM\\SOFTWARE\\Ratchet Test" /s /reg:64');
    expect(code).toBe(0);
    expect(stdout).toBe(
      `\r\n${KEY}\r\n    Enabled    REG_DWORD    0xffffffff\r\n\r\n${KEY}\\Sub\r\n    (Default)    REG_SZ    Gr\x81\xe1e ??\r\n\r\n`,
    );
  });

  test('an exit status has 32 bits', async () => {
    await start();
    const client = await connect();
    expect((await client.script('exit 1190')).code).toBe(1190);
    expect((await client.script('exit -1')).code).toBe(0xffffffff);
  });

  test('variables are replaced per line; a missing key is 1', async () => {
    await start();
    const { stdout } = await (await connect()).script(
      'reg query "HKLM\\Nope" 2>nul',
      'echo %errorlevel% %NOPE% & echo b',
      'reg query "HKLM\\Nope" >nul 2>&1 || echo alt',
      'if errorlevel 1 echo seen & exit 3',
      'echo never',
    );
    expect(stdout).toBe('1 %NOPE% \r\nb\r\nalt\r\nseen \r\n');
  });

  test('what it does not know is refused and logged', async () => {
    const host = await start();
    const result = await (await connect()).exec('wmic qfe list');
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('wmic qfe list');
    expect(host.log.some(({ text }) => text === 'refused: wmic qfe list')).toBe(true);
  });

  test('PowerShell as login shell leaves %OS% alone', async () => {
    await start({ shell: 'powershell' });
    const client = await connect();
    expect((await client.exec('echo %OS%')).stdout).toBe('%OS%\r\n');
    expect((await client.script('exit 7')).code).toBe(1);
  });
});

describe('import', () => {
  test('an uploaded file is imported, into the view that is named', async () => {
    const host = await start();
    const client = await connect();
    const text = `Windows Registry Editor Version 5.00\r\n\r\n[${KEY}\\New]\r\n"a/b"=dword:00000001\r\n"q"=hex(b):ff,ff,ff,ff,ff,ff,ff,ff\r\n`;
    await client.upload('in.reg', Buffer.from(`\ufeff${text}`, 'utf16le'));
    const { stdout } = await client.script('reg import in.reg /reg:32', 'echo %errorlevel%');
    expect(stdout).toBe('0\r\n');
    const path = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Wow6432Node\\Ratchet Test\\New';
    expect(host.registry.value(path, 'A/B')?.data).toEqual({ type: 'REG_DWORD', number: 1 });
    expect(host.registry.value(path, 'q')?.data).toEqual({ type: 'REG_QWORD', number: 2n ** 64n - 1n });
    expect(host.log.filter(({ writes }) => writes)).toHaveLength(2);
  });
});

describe('restart', () => {
  test('shutdown cuts the link; the host comes back with the next BootId', async () => {
    const host = await start();
    const client = await connect();
    expect((await client.script('shutdown /r /t 1 /f /c "test" /d p:2:4')).code).toBe(0);
    await client.closed;
    await host.reboot();
    expect(host.reboots).toBe(1);
    const { stdout } = await (await connect()).script(
      'reg query "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters" /v BootId',
    );
    expect(stdout).toContain('    BootId    REG_DWORD    0x2\r\n');
  });
});

describe('faults', () => {
  test('a command is cut before it runs', async () => {
    const host = await start({ faults: { cut: ({ index }) => (index === 0 ? 'before' : undefined) } });
    const client = await connect();
    const cut = await Promise.race([
      client.script('reg delete "HKLM\\SOFTWARE\\Ratchet Test" /f').catch(() => 'cut'),
      client.closed.then(() => 'cut'),
    ]);
    expect(cut).toBe('cut');
    expect(host.registry.key(KEY)).not.toBeNull();
  });

  test('wrong password, refused connection, denied key', async () => {
    const host = await start({ faults: { denied: (path) => path.endsWith('Test') } });
    await expect(connect('other')).rejects.toThrow();
    const result = await (await connect()).script(`reg query "${KEY}"`);
    expect(result).toMatchObject({ code: 1, stdout: '', stderr: 'ERROR: Access is denied.\r\n' });
    host.faults.refuseConnections = () => true;
    await expect(connect()).rejects.toThrow();
  });

  test('another host key is shown after changeHostKey', async () => {
    const host = await start();
    const before = host.hostKeyPublic;
    await host.changeHostKey();
    expect(host.hostKeyPublic).not.toBe(before);
    expect((await connect()).closed).toBeDefined();
  });
});
