import type { RegistryData, RegistryValue, RegistryWrite } from '@ratchet/core';
import { sameData } from '@ratchet/core';
import { exportText, parseRegFile } from '../embedded/reg-file.js';
import type { TestClient } from '../embedded/test-client.js';

/** A host on trial: either kind of test host. */
export interface ContractHost {
  connect(): Promise<TestClient>;
  /** Restarts the host and resolves once it can be reached. */
  reboot(): Promise<void>;
}

/** One thing that every kind of test host does; `run` throws when it does not. */
export interface ContractCase {
  readonly name: string;
  run(host: ContractHost): Promise<void>;
}

const ROOT = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Ratchet Contract';
const BOOT = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters';

const expectThat = (holds: boolean, what: string, got: unknown): void => {
  if (!holds) throw new Error(`${what}; got ${JSON.stringify(got)}`);
};

const value = (name: string, data: RegistryData): RegistryValue => ({ name, data });
const text = (name: string, content: string): RegistryValue => value(name, { type: 'REG_SZ', text: content });

const TYPES: readonly RegistryValue[] = [
  text('', 'the unnamed one'),
  text('sz', 'plain'),
  text('empty', ''),
  value('expand', { type: 'REG_EXPAND_SZ', text: '%SystemRoot%\\x' }),
  value('dword', { type: 'REG_DWORD', number: 0xffffffff }),
  value('zero', { type: 'REG_DWORD', number: 0 }),
  value('qword', { type: 'REG_QWORD', number: 2n ** 63n + 1n }),
  value('multi', { type: 'REG_MULTI_SZ', items: ['one', 'two words', 'ü日'] }),
  value('no items', { type: 'REG_MULTI_SZ', items: [] }),
  value('binary', { type: 'REG_BINARY', hex: '00ff10' }),
  value('no bytes', { type: 'REG_BINARY', hex: '' }),
  value('none', { type: 'REG_NONE', hex: '0102' }),
];

const ODD: readonly RegistryValue[] = [
  text('a & b', 'x & y'),
  text('%PATH%', '100% %PATH%'),
  text('say "hi"', 'say "hi"'),
  text('a/b', 'c/d'),
  text('ends with \\', 'C:\\dir\\'),
  text('    REG_SZ    ', '    name    REG_DWORD    0x1'),
  text('lines', 'first\nsecond\r\nthird'),
  text('nul', 'a\\0b'),
  text('marks?', 'why?'),
  text('Grüße 日本', 'Grüße 日本'),
  text('!^()<>|', '!^()<>|'),
];

/** Text with line ends goes into a `.reg` file as bytes: not every `reg import` reads a string over several lines. */
const importable = ({ name, data }: RegistryValue): RegistryValue =>
  data.type === 'REG_SZ' && /[\r\n]/.test(data.text)
    ? value(name, { type: 'other', typeNumber: 1, hex: Buffer.from(`${data.text}\0`, 'utf16le').toString('hex') })
    : value(name, data);

/** Uploads and imports writes given as keys with values; resolves with the exit code that cmd.exe saw. */
const importKey = async (client: TestClient, path: string, values: readonly RegistryValue[], view = '64') => {
  await client.upload('contract-in.reg', exportText({ path, values: values.map(importable), subkeys: [] }));
  return importUploaded(client, view);
};

const importUploaded = async (client: TestClient, view = '64'): Promise<string> => {
  const { stdout } = await client.script(
    `reg import contract-in.reg /reg:${view} >nul 2>nul <nul`,
    'echo %errorlevel%',
    'del contract-in.reg',
  );
  return stdout.trim();
};

const exported = async (client: TestClient, path: string, view = '64'): Promise<readonly RegistryWrite[] | null> => {
  const { stdout } = await client.script(
    `reg export "${path}" contract-out.reg /y /reg:${view} >nul 2>nul <nul`,
    'echo %errorlevel%',
  );
  if (stdout.trim() !== '0') return null;
  const writes = parseRegFile(await client.download('contract-out.reg'));
  await client.remove('contract-out.reg');
  return writes;
};

const expectValues = (writes: readonly RegistryWrite[] | null, values: readonly RegistryValue[]): void => {
  for (const { name, data } of values) {
    const found = writes?.find((write) => write.op === 'set' && write.name === name);
    const got = found?.op === 'set' ? found.data : null;
    const shown = JSON.stringify({ name, got }, (_key, item) => (typeof item === 'bigint' ? String(item) : item));
    expectThat(sameData(got, data), `The value ${JSON.stringify(name)} did not come back`, shown);
  }
};

const withClient =
  (act: (client: TestClient) => Promise<void>) =>
  async (host: ContractHost): Promise<void> => {
    const client = await host.connect();
    try {
      await act(client);
    } finally {
      client.end();
    }
  };

const bootId = async (client: TestClient): Promise<number> => {
  const { stdout } = await client.script(`reg query "${BOOT}" /v BootId /reg:64 <nul`);
  return Number(/BootId {4}REG_DWORD {4}(0x[0-9a-f]+)/.exec(stdout)?.[1] ?? 'NaN');
};

const roundTrip = (name: string, folder: string, values: readonly RegistryValue[]): ContractCase => ({
  name,
  run: withClient(async (client) => {
    const path = `${ROOT}\\${folder}`;
    const code = await importKey(client, path, values);
    expectThat(code === '0', 'reg import did not end with 0', code);
    expectValues(await exported(client, path), values);
  }),
});

/** The contract of every kind of test host, each case on its own keys. */
export const contractCases: readonly ContractCase[] = [
  roundTrip('values of every type come back from an export', 'types', TYPES),
  roundTrip('odd names and data come back from an export', 'odd', ODD),
  roundTrip('a key name with / and spaces', 'AES 128/128 & more', [text('x', 'y')]),
  {
    name: 'reg query prints a path line, then name, type and data between four spaces, with CRLF',
    run: withClient(async (client) => {
      const path = `${ROOT}\\Shown`;
      await importKey(client, path, [text('a b', 'c d'), value('n', { type: 'REG_DWORD', number: 0xffffffff })]);
      const { stdout } = await client.script(
        `reg query "${path.replace('HKEY_LOCAL_MACHINE', 'HKLM')}" /s /reg:64 <nul`,
      );
      const block = `\r\n${path}\r\n    a b    REG_SZ    c d\r\n    n    REG_DWORD    0xffffffff\r\n`;
      expectThat(stdout.startsWith(block), 'reg query /s printed something else', stdout);
    }),
  },
  {
    name: 'reg query /s prints every key of a subtree',
    run: withClient(async (client) => {
      await importKey(client, `${ROOT}\\Tree\\one\\two`, [text('x', 'y')]);
      const { stdout } = await client.script(`reg query "${ROOT}\\Tree" /s /reg:64 <nul`);
      const keys = stdout.split('\r\n').filter((line) => line.startsWith('HKEY_'));
      expectThat(keys.includes(`${ROOT}\\Tree\\one\\two`), 'the deepest key is missing', keys);
    }),
  },
  {
    name: '/reg:32 is the Wow6432Node of the 64-bit view',
    run: withClient(async (client) => {
      await importKey(client, `${ROOT}\\View`, [text('x', '32')], '32');
      const node = ROOT.replace('SOFTWARE\\', 'SOFTWARE\\Wow6432Node\\');
      expectValues(await exported(client, `${node}\\View`), [text('x', '32')]);
      expectThat((await exported(client, `${ROOT}\\View`)) === null, 'the key is in the 64-bit view too', null);
      const { stdout } = await client.script(`reg query "${ROOT}\\View" /v x /reg:32 <nul`);
      expectThat(stdout.includes('    x    REG_SZ    32\r\n'), 'the 32-bit view does not show it', stdout);
    }),
  },
  {
    name: 'an import removes values and keys',
    run: withClient(async (client) => {
      await importKey(client, `${ROOT}\\Gone\\sub`, [text('x', 'y')]);
      await importKey(client, `${ROOT}\\Gone`, [text('x', 'y'), text('stays', 'y')]);
      const body = `Windows Registry Editor Version 5.00\r\n\r\n[${ROOT}\\Gone]\r\n"x"=-\r\n\r\n[-${ROOT}\\Gone\\sub]\r\n`;
      await client.upload('contract-in.reg', Buffer.from(`\ufeff${body}`, 'utf16le'));
      await importUploaded(client);
      const left = await exported(client, `${ROOT}\\Gone`);
      const sets = left?.filter((write) => write.op === 'set').map((write) => write.name);
      expectThat(JSON.stringify(sets) === '["stays"]', 'more or less is left', left);
      expectThat((await exported(client, `${ROOT}\\Gone\\sub`)) === null, 'the subkey is left', null);
    }),
  },
  {
    name: 'exit codes: 1 for what is missing, the number of exit otherwise',
    run: withClient(async (client) => {
      const { stdout, code } = await client.script(
        `reg query "${ROOT}\\No such key" /reg:64 >nul 2>nul <nul`,
        'echo key %errorlevel%',
        `reg query "${BOOT}" /v "No such value" /reg:64 >nul 2>nul <nul`,
        'echo value %errorlevel%',
        'reg import no-such-file.reg >nul 2>nul <nul',
        'echo file %errorlevel%',
        'reg query "HKLM\\Nope" >nul 2>nul <nul || echo otherwise',
        'exit 7',
        'echo never',
      );
      expectThat(stdout === 'key 1\r\nvalue 1\r\nfile 1\r\notherwise\r\n', 'the script printed something else', stdout);
      expectThat(code === 7, 'exit 7 did not give 7', code);
    }),
  },
  {
    name: 'a condition holds for the rest of its line; a variable that was deleted is not defined',
    run: withClient(async (client) => {
      const { stdout } = await client.script(
        `reg query "${BOOT}" /reg:64 >nul 2>nul <nul`,
        'echo a %errorlevel%&if errorlevel 1 set RATCHET_A=1&set RATCHET_B=1',
        'if defined RATCHET_B echo never',
        `reg query "${ROOT}\\No such key" /reg:64 >nul 2>nul <nul`,
        'echo b %errorlevel%&if errorlevel 1 set RATCHET_A=1&set RATCHET_B=1',
        'if defined RATCHET_A echo c %errorlevel%',
        `if defined RATCHET_B reg query "${BOOT}" /reg:64 >nul 2>nul <nul`,
        'if defined RATCHET_B echo d %errorlevel%',
        'if not errorlevel 1 set RATCHET_B=',
        'if defined RATCHET_B echo never',
        'if not defined RATCHET_B exit 0',
        'echo never',
      );
      expectThat(stdout === 'a 0\r\nb 1\r\nc 1\r\nd 0\r\n', 'the script printed something else', stdout);
    }),
  },
  {
    name: 'a variable that is not set stays as it is written',
    run: withClient(async (client) => {
      const { stdout } = await client.script('echo %NO_SUCH_VARIABLE%', 'set RATCHET_V=1 2', 'echo [%ratchet_v%]');
      expectThat(stdout === '%NO_SUCH_VARIABLE%\r\n[1 2]\r\n', 'the script printed something else', stdout);
    }),
  },
  {
    name: 'del and if exist take wildcards, and leave what does not match',
    run: withClient(async (client) => {
      for (const name of ['ratchet-0123456789ab-1.reg', 'ratchet-0123456789ab-22.reg', 'ratchet-notes.reg'])
        await client.upload(name, Buffer.from('x'));
      const there = 'if exist "ratchet-????????????-*.reg" echo there';
      const { stdout } = await client.script(
        there,
        'del /f /q "ratchet-????????????-*.reg" 2>nul',
        there,
        'if exist "ratchet-notes.reg" echo kept',
        'del /f /q "ratchet-????????????-*.reg" "ratchet-notes.reg" 2>nul',
      );
      expectThat(stdout === 'there\r\nkept\r\n', 'wildcards mean something else', stdout);
    }),
  },
  {
    name: 'for over one path gives its size, in a script and typed between others',
    run: withClient(async (client) => {
      const path = 'contract size.txt';
      await client.upload(path, Buffer.from('hello'));
      const loop = `if exist "${path}" for %I in ("${path}") do @echo [%~aI][%~zI]`;
      const typed = `(if not exist "${path}" echo [absent])& (${loop})& echo after`;
      const right = /^\[[^\]]*a[^\]]*\]\[5\]\r\nafter\r\n$/;
      const lines = [(await client.script(loop, 'echo after')).stdout, (await client.exec(typed)).stdout];
      for (const line of lines) expectThat(right.test(line), 'the loop gives something else', line);
      await client.script(`del "${path}"`);
      expectThat((await client.exec(typed)).stdout === '[absent]\r\nafter\r\n', 'a missing file is there', typed);
    }),
  },
  {
    name: 'SFTP: relative paths lie in the profile folder, absolute ones begin with /C:',
    run: withClient(async (client) => {
      const home = await client.realpath('.');
      expectThat(/^\/C:\/[Uu]sers\/[^/]+$/.test(home), 'the profile folder has another form', home);
      await client.upload('contract file.txt', Buffer.from('hello'));
      const bytes = await client.download(`${home}/contract file.txt`);
      expectThat(Buffer.from(bytes).toString() === 'hello', 'another content', bytes);
      const { stdout } = await client.script('type "contract file.txt"', 'echo.', 'del "contract file.txt"');
      expectThat(stdout.startsWith('hello'), 'cmd.exe does not start in the profile folder', stdout);
      const again = await client.download('contract file.txt').then(
        () => 'there',
        (error: { readonly code?: number }) => error.code,
      );
      expectThat(again === 2, 'a missing file is not SFTP status 2', again);
    }),
  },
  {
    name: 'a restart cuts the connection, moves BootId by one and keeps the registry',
    run: async (host) => {
      const client = await host.connect();
      await importKey(client, `${ROOT}\\Boot`, [text('kept', 'yes')]);
      const before = await bootId(client);
      await host.reboot();
      await client.closed;
      await withClient(async (next) => {
        const after = await bootId(next);
        expectThat(after === before + 1, `BootId was ${before}`, after);
        expectValues(await exported(next, `${ROOT}\\Boot`), [text('kept', 'yes')]);
      })(host);
    },
  },
];
