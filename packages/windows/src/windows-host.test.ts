import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Connection, ExecOptions, RegistryWrite } from '@ratchet/core';
import { regBytes } from './reg-file.js';
import { windowsHost } from './windows-host.js';
import { CURRENT_VERSION, ENVIRONMENT } from './windows-values.js';

const ROOT = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Try';

const fixture = (name: string): Buffer => readFileSync(new URL(`../../../fixtures/cases/${name}`, import.meta.url));

const nextTurn = async (turns: number): Promise<void> => {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
};

interface Behaviour {
  /** What `reg query "KEY"` prints; a key that is not here fails. */
  readonly table?: Readonly<Record<string, string>>;
  /** The file that `reg export` makes. */
  readonly exported?: string;
  /** The code of `reg import`. */
  readonly imported?: number;
  /** Output and code of any other line. */
  readonly command?: (line: string) => { readonly output?: string; readonly code?: number; readonly ends?: boolean };
  /** Output ends after so many lines of the script. */
  readonly cutAfter?: number;
  /** The login shell runs no command line of cmd.exe. */
  readonly otherShell?: boolean;
  /** Resolves when an upload may end. */
  readonly upload?: (number: number) => Promise<void>;
}

/** `a&if C b&c` as lines that each stand alone: the condition holds for all that follows it. */
const splitLine = (line: string): readonly string[] => {
  const [, head, condition, rest] = /^(echo [^&]*)&(if errorlevel 1 )(.*)$/.exec(line) ?? [];
  return head === undefined ? [line] : [head, ...(rest ?? '').split('&').map((part) => `${condition}${part}`)];
};

/** The lines of a script, or those that were sent as one command line. */
const linesOf = (sent: string): readonly string[] =>
  sent.includes('\r\n')
    ? sent.split('\r\n')
    : sent.split('& ').map((part) => part.replace(/^\((.*)\)$/, '$1').replace(/^call (.*)%\^/, '$1%'));

/** Runs the lines of one script as cmd.exe would. */
const runScript = (lines: readonly string[], behaviour: Behaviour): { stdout: string; code: number } => {
  let stdout = 'Microsoft Windows [Version 6.3.9600]\r\n';
  let level = 0;
  const variables = new Set<string>();
  const holds = (not: boolean, kind: string, what: string): boolean =>
    (kind === 'errorlevel' ? level >= Number(what) : variables.has(what)) !== not;
  for (const line of lines.flatMap(splitLine)) {
    const [, not, kind = '', what = '', then] = /^if (not )?(errorlevel|defined) (\S+) (.*)$/.exec(line) ?? [];
    const guarded = then ?? line;
    if (then !== undefined && !holds(not !== undefined, kind, what)) continue;
    if (line === '' || line.startsWith('del ') || line.startsWith('if exist ')) continue;
    if (guarded === 'exit 0') return { stdout, code: 0 };
    const [, name = '', text] = /^set (\w+)=(.*)$/.exec(guarded) ?? [];
    if (text !== undefined) {
      // Deleting a variable that is not there is a failure to cmd.exe.
      if (text !== '') variables.add(name);
      else if (!variables.delete(name)) level = 1;
      continue;
    }
    const listed = behaviour.table?.[/^reg query "([^"]*)"/.exec(guarded)?.[1] ?? ''];
    if (guarded.startsWith('reg query "')) [stdout, level] = [stdout + (listed ?? ''), listed === undefined ? 1 : 0];
    else if (guarded.startsWith('reg import ')) level = behaviour.imported ?? 0;
    else if (guarded.startsWith('reg export ')) level = behaviour.exported === undefined ? 1 : 0;
    else if (guarded.startsWith('echo RATCHET-'))
      stdout += `${guarded.slice(5).replace('%errorlevel%', String(level))}\r\n`;
    else {
      const { output = '', code = 0, ends = false } = behaviour.command?.(guarded) ?? {};
      [stdout, level] = [stdout + output, code];
      if (ends) return { stdout, code };
    }
  }
  return { stdout, code: 0 };
};

const scripted = (behaviour: Behaviour) => {
  const scripts: string[] = [];
  const files: string[] = [];
  const written: Uint8Array[] = [];
  const connection: Connection = {
    host: 'win1',
    kind: 'ssh',
    exec: async (command: string, options: ExecOptions = {}) => {
      const script = String(options.stdin ?? command);
      scripts.push(script);
      if (behaviour.otherShell && options.stdin === undefined)
        return { code: 1, stdout: new Uint8Array(), stderr: Buffer.from('ParserError') };
      const { stdout, code } = runScript(linesOf(script).slice(0, behaviour.cutAfter), behaviour);
      return { code, stdout: Buffer.from(stdout, 'latin1'), stderr: new Uint8Array() };
    },
    files: {
      read: async (path) => {
        files.push(`read ${path}`);
        return regBytes(behaviour.exported ?? '');
      },
      write: async (path, bytes) => {
        files.push(`write ${path}`);
        await behaviour.upload?.(written.push(bytes));
      },
      remove: async (path) => void files.push(`remove ${path}`),
      modified: async () => 0,
      exists: async () => false,
      makeFolder: async () => undefined,
    },
    reset: async () => undefined,
    close: async () => undefined,
  };
  return { host: windowsHost(connection), scripts, files };
};

const steps = (files: readonly string[]): readonly (string | undefined)[] => files.map((line) => line.split(' ')[0]);
const set = (number: number, name = 'on'): RegistryWrite => ({
  op: 'set',
  path: ROOT,
  name,
  data: { type: 'REG_DWORD', number },
});
const exportOf = (path: string, ...lines: string[]): string =>
  ['Windows Registry Editor Version 5.00', '', `[${path}]`, ...lines, ''].join('\r\n');

const tellArchitecture = (told: string) => (line: string) =>
  line.startsWith('echo %PROCESSOR') ? { output: `${told}\r\n` } : {};

const listing = `\r\n${ROOT}\r\n    on    REG_DWORD    0x1\r\n\r\n${ROOT}\\Denied\r\n`;

describe('reading', () => {
  test('reads of one turn go out as one command, each key once', async () => {
    const { host, scripts } = scripted({ table: { [ROOT]: listing } });
    const [one, two] = await Promise.all([
      host.registry([{ path: ROOT, value: 'on' }]),
      host.registry([{ path: ROOT, value: 'on' }]),
    ]);
    expect(scripts).toHaveLength(1);
    expect(scripts[0]?.split(`reg query "${ROOT}" /reg:64`)).toHaveLength(2);
    expect(one).toEqual(two);
    expect(one[0]?.values).toEqual([{ name: 'on', data: { type: 'REG_DWORD', number: 1 } }]);
    expect(one[0]?.subkeys.map(({ path }) => path)).toEqual([`${ROOT}\\Denied`]);
  });

  test('a key that its parent does not list is missing; one that is listed but fails is denied', async () => {
    const { host, scripts } = scripted({ table: { [ROOT]: listing } });
    expect(await host.registry([{ path: `${ROOT}\\Missing\\deep` }])).toEqual([null]);
    await expect(host.registry([{ path: `${ROOT}\\Denied` }])).rejects.toMatchObject({ code: 'access-denied' });
    expect(scripts).toHaveLength(2);
  });

  test('a key none of whose parents can be read is denied', async () => {
    const { host, scripts } = scripted({});
    await expect(host.registry([{ path: ROOT }])).rejects.toMatchObject({ code: 'access-denied' });
    expect(scripts).toHaveLength(1);
  });

  test('what reg query cannot carry is read again from an export, which is removed', async () => {
    const { host, files } = scripted({
      table: { [ROOT]: `\r\n${ROOT}\r\n    text    REG_SZ    why?\r\n` },
      exported: exportOf(ROOT, '"text"="why日"'),
    });
    const [key] = await host.registry([{ path: ROOT, value: 'text' }]);
    expect(key?.values).toEqual([{ name: 'text', data: { type: 'REG_SZ', text: 'why日' } }]);
    expect(steps(files)).toEqual(['read', 'remove']);
  });

  test('a write and the reads after it share one command', async () => {
    const { host, scripts, files } = scripted({ table: { [ROOT]: listing } });
    await Promise.all([
      host.writeRegistry([{ op: 'set', path: ROOT, name: 'on', data: { type: 'REG_DWORD', number: 1 } }]),
      host.registry([{ path: ROOT, value: 'on' }]),
    ]);
    expect(steps(files)).toEqual(['write']);
    expect(scripts).toHaveLength(1);
    expect(scripts[0]).toMatch(/reg import[\s\S]*reg query/);
  });

  test('twenty existing keys and the version start one command with one reg.exe for each key', async () => {
    const machine = {
      [CURRENT_VERSION]: `\r\n${CURRENT_VERSION}\r\n    CurrentBuild    REG_SZ    9600\r\n\r\n`,
    };
    const paths = Array.from({ length: 20 }, (_, index) => `${ROOT}\\k${index}`);
    const table = Object.fromEntries(paths.map((path) => [path, `\r\n${path}\r\n    on    REG_DWORD    0x1\r\n\r\n`]));
    const { host, scripts } = scripted({ table: { ...table, ...machine }, command: tellArchitecture('AMD64 ') });
    const [version, ...keys] = await Promise.all([
      host.windows(),
      ...paths.map((path) => host.registry([{ path, value: 'on' }])),
    ]);
    expect(version).toMatchObject({ build: 9600, architecture: 'AMD64' });
    expect(keys.flat().map((key) => key?.path)).toEqual(paths);
    expect(scripts).toHaveLength(1);
    expect(scripts[0]?.match(/^reg query/gm)).toHaveLength(21);
    expect(await host.windows()).toBe(version);
    expect(scripts).toHaveLength(1);
  });

  test('the architecture comes from the registry where the session has no variable of it', async () => {
    const { host, scripts } = scripted({
      table: {
        [ENVIRONMENT]: `\r\n${ENVIRONMENT}\r\n    PROCESSOR_ARCHITECTURE    REG_SZ    x86\r\n\r\n`,
        [CURRENT_VERSION]: `\r\n${CURRENT_VERSION}\r\n    CurrentBuild    REG_SZ    7601\r\n\r\n`,
      },
      command: tellArchitecture('%PROCESSOR_ARCHITECTURE% %PROCESSOR_ARCHITEW6432%'),
    });
    expect(await host.windows()).toMatchObject({ architecture: 'x86', is64Bit: false });
    expect(scripts).toHaveLength(2);
  });

  test('a key within a tree that is read too is answered from the tree', async () => {
    const { host, scripts } = scripted({ table: { [ROOT]: `\r\n${ROOT}\\a\r\n    on    REG_DWORD    0x1\r\n\r\n` } });
    const queries = [{ path: ROOT, tree: true }, { path: `${ROOT}\\A`, value: 'on' }, { path: `${ROOT}\\gone` }];
    const [tree, inner, gone] = await host.registry(queries);
    expect(scripts[0]?.match(/^reg query/gm)).toHaveLength(1);
    expect(tree?.subkeys).toEqual([inner]);
    expect(gone).toBeNull();
  });

  test('a value is not believed because another value of the same key was', async () => {
    const { host } = scripted({
      table: { [ROOT]: `\r\n${ROOT}\r\n    on    REG_DWORD    0x1\r\n    text    REG_SZ    why?\r\n\r\n` },
      exported: exportOf(ROOT, '"on"=dword:00000001', '"text"="why日"'),
    });
    const [, key] = await host.registry([
      { path: ROOT, value: 'on' },
      { path: ROOT, value: 'text' },
    ]);
    expect(key?.values.at(-1)?.data).toEqual({ type: 'REG_SZ', text: 'why日' });
  });

  const listed = (path: string): Readonly<Record<string, string>> => ({ [ROOT]: `${listing}\r\n${path}\r\n` });
  const exportsIn = (scripts: readonly string[]): readonly (string | undefined)[] =>
    [...scripts.join('\n').matchAll(/reg export (.*?) ratchet-/g)].map(([, word]) => word);

  test.each(['100%', 'Grüße'])('the key %s is read from an export of its parent', async (name) => {
    const path = `${ROOT}\\${name}`;
    const { host, scripts } = scripted({ table: listed(path), exported: exportOf(path, '"on"=dword:00000007') });
    const [key] = await host.registry([{ path }]);
    expect(key?.values).toEqual([{ name: 'on', data: { type: 'REG_DWORD', number: 7 } }]);
    expect(scripts.join('')).not.toContain(name);
    expect(exportsIn(scripts)).toEqual([`"${ROOT}"`]);
  });

  test.each(['say "x"', 'say "x"\\below'])('the key %s is read from an export of its own', async (name) => {
    const path = `${ROOT}\\${name}`;
    const table = listed(`${ROOT}\\say "x"`);
    const { host, scripts } = scripted({ table, exported: exportOf(path, '"on"=dword:00000007') });
    const [key] = await host.registry([{ path }]);
    expect(key?.values).toEqual([{ name: 'on', data: { type: 'REG_DWORD', number: 7 } }]);
    expect(exportsIn(scripts)).toEqual([`^"${ROOT}\\say \\^"x\\^"^"`]);
  });

  test('an export that does not hold the key with quotes is not believed', async () => {
    const path = `${ROOT}\\say "x"`;
    const { host, scripts } = scripted({ table: listed(path), exported: exportOf(ROOT) });
    expect(await host.registry([{ path }])).toEqual([null]);
    expect(exportsIn(scripts)).toEqual([`^"${ROOT}\\say \\^"x\\^"^"`, `"${ROOT}"`]);
  });

  test.each(['100%', 'say "x"', 'a"\\b'])('that the key %s is missing costs no export', async (name) => {
    const { host, scripts } = scripted({ table: { [ROOT]: listing }, exported: exportOf(ROOT) });
    expect(await host.registry([{ path: `${ROOT}\\${name}` }])).toEqual([null]);
    expect(exportsIn(scripts)).toEqual([]);
  });

  test.each([1, 2, 5])('output that was cut after %d lines is an error, not a missing key', async (cutAfter) => {
    const { host } = scripted({ cutAfter });
    await expect(host.registry([{ path: `${ROOT}\\gone` }])).rejects.toMatchObject({ code: 'host-output' });
  });
});

describe('writing', () => {
  test('a write that is started while another one uploads is sent too', async () => {
    let finish = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { host, scripts } = scripted({ upload: (number) => (number === 1 ? held : nextTurn(3)) });
    const first = host.writeRegistry([set(1)]);
    await nextTurn(2);
    const second = host.writeRegistry([set(2)]);
    finish();
    await Promise.all([first, second]);
    expect(scripts.join('').match(/reg import/g)).toHaveLength(2);
  });

  test('a key whose name no command line carries is read after the import', async () => {
    const path = `${ROOT}\\100%`;
    const { host, scripts } = scripted({ table: { [ROOT]: `${listing}\r\n${path}\r\n` }, exported: exportOf(path) });
    await Promise.all([host.writeRegistry([set(1)]), host.registry([{ path }])]);
    expect(scripts.map((script) => /reg (import|query|export)/.exec(script)?.[1])).toEqual([
      'import',
      'query',
      'export',
    ]);
  });

  test('C45: a failed import in a session that is not elevated says so, and reads go on', async () => {
    const groups = fixture('C45/stdout-whoami-groups.txt').toString('latin1');
    const { host } = scripted({
      table: { [ROOT]: listing },
      imported: 1,
      command: (line) => (line.includes('whoami') ? { output: groups } : {}),
    });
    const [write, read] = await Promise.allSettled([host.writeRegistry([set(1)]), host.registry([{ path: ROOT }])]);
    expect(write).toMatchObject({ status: 'rejected', reason: { code: 'not-elevated' } });
    expect(read.status).toBe('fulfilled');
  });

  test('a write that is not there after a failed import is told by its key and name as denied', async () => {
    const { host } = scripted({ table: { [ROOT]: listing }, imported: 1 });
    await expect(host.writeRegistry([set(1), set(2, 'off')])).rejects.toMatchObject({
      code: 'access-denied',
      message: `The value off of the registry key ${ROOT} cannot be written: the host refused it.`,
      details: { path: ROOT, name: 'off' },
    });
  });

  test('a failed import after which all is there is a failed command', async () => {
    const { host } = scripted({ table: { [ROOT]: listing }, imported: 1 });
    await expect(host.writeRegistry([set(1)])).rejects.toMatchObject({ code: 'command-failed' });
  });

  describe('sending reads as a command line', () => {
    const table = { [ROOT]: listing };

    test('where every key was there the last time', async () => {
      const { host, scripts } = scripted({ table });
      host.habit = 'line';
      expect((await host.registry([{ path: ROOT }]))[0]?.path).toBe(ROOT);
      expect(scripts).toHaveLength(1);
      expect(scripts[0]).not.toContain('\r\n');
      expect(host.habit).toBe('line');
    });

    test('a key that is missing after all is asked about in a script, and the next read is one', async () => {
      const { host, scripts } = scripted({ table: { ...table, 'HKEY_LOCAL_MACHINE\\SOFTWARE': '' } });
      host.habit = 'line';
      const gone = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Gone';
      expect(await host.lookUp([{ path: ROOT }, { path: gone }])).toMatchObject([
        { key: { path: ROOT } },
        { key: null, above: 'HKEY_LOCAL_MACHINE\\SOFTWARE' },
      ]);
      expect(scripts[1]).not.toContain(`"${ROOT}"`);
      expect(host.habit).toBe('script');
      await host.registry([{ path: ROOT }]);
      expect(scripts[2]).toContain('\r\n');
    });

    test('a key that a tree did not have is read again in a script at once', async () => {
      const { host, scripts } = scripted({ table });
      host.habit = 'line';
      await host.lookUp([{ path: ROOT, tree: true }, { path: `${ROOT}\\Gone` }]);
      await host.registry([{ path: `${ROOT}\\Gone` }]);
      expect(scripts.map((sent) => sent.includes('\r\n'))).toEqual([false, true]);
    });

    test('a login shell that is no cmd.exe gets the script, once and for all', async () => {
      const { host, scripts } = scripted({ table, otherShell: true });
      host.habit = 'line';
      expect((await host.registry([{ path: ROOT }]))[0]?.path).toBe(ROOT);
      expect(scripts.map((sent) => sent.includes('\r\n'))).toEqual([false, true]);
      expect(host.habit).toBe('shell');
      await host.registry([{ path: ROOT }]);
      expect(scripts).toHaveLength(3);
    });
  });

  test('writing nothing sends nothing', async () => {
    const { host, scripts, files } = scripted({});
    await host.writeRegistry([]);
    expect([scripts, files]).toEqual([[], []]);
  });
});

describe('commands', () => {
  test.each([3010, 1190, 0xc0000135])('the code %d comes whole', async (code) => {
    const { host } = scripted({ command: () => ({ output: 'done\r\n', code: code | 0 }) });
    expect(await host.run('setup.exe')).toEqual({ rc: code, stdout: 'done\r\n', stderr: '' });
  });

  test('a command that ends its shell keeps its output and the code of the shell', async () => {
    const { host } = scripted({ command: () => ({ output: 'bye\r\n', code: 3, ends: true }) });
    expect(await host.run('exit 3')).toMatchObject({ rc: 3, stdout: 'bye\r\n' });
  });

  test.each(['a & b', 'a | b', '(a) && (b)', 'echo 50% of %OS%'])('%s goes out as it was typed', async (command) => {
    const { host, scripts } = scripted({});
    await host.run(command);
    expect(scripts[0]?.split('\r\n')).toContain(command.includes('50%') ? `<nul ${command}` : command);
  });

  test('a folder that cannot be entered is an error', async () => {
    const { host } = scripted({
      command: (line) => (line.includes('exit 237') || line === 'exit 237' ? { code: 237, ends: true } : { code: 1 }),
    });
    await expect(host.run('ver', { chdir: 'C:\\gone' })).rejects.toMatchObject({ code: 'command-failed' });
  });

  test('C20: the code page of the host is asked for once, and only for output that is not UTF-8', async () => {
    const output = fixture('C20/stdout-cp850.bin').toString('latin1');
    const command = (line: string) => ({ output: line.startsWith('chcp') ? 'Page de codes active : 850\r\n' : output });
    const { host, scripts } = scripted({ command });
    const both = [await host.run('vol'), await host.run('vol')];
    expect(both.map(({ stdout }) => stdout.trim())).toEqual(
      Array(2).fill('Le numéro de série du volume est CAFE-0001'),
    );
    expect(scripts.filter((script) => script.includes('chcp'))).toHaveLength(1);
  });
});
