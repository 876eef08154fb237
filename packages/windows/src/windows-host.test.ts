import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Connection, ExecOptions } from '@ratchet/core';
import { cleanStderr, stripTerminalCodes } from './clean-output.js';
import { decodeOutput } from './code-page.js';
import { regBytes } from './reg-file.js';
import { windowsHost } from './windows-host.js';

const ROOT = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Try';

/** Answers each `reg query "KEY"` of a script from a table, as cmd.exe would; a key that is not in it fails. */
const scripted = (table: Readonly<Record<string, string>>, exported = '') => {
  const scripts: string[] = [];
  const files: string[] = [];
  let level = 0;
  const runLine = (line: string): string => {
    const guarded = line.replace(/^if errorlevel 1 /, '');
    if (guarded !== line && level === 0) return '';
    const key = /^reg query "([^"]*)"/.exec(guarded)?.[1];
    if (key !== undefined) level = table[key] === undefined ? 1 : 0;
    else if (guarded.startsWith('reg ')) level = 0;
    if (guarded.startsWith('echo ')) return `${guarded.slice(5).replace('%errorlevel%', String(level))}\r\n`;
    return key === undefined ? '' : (table[key] ?? '');
  };
  const connection: Connection = {
    host: 'win1',
    kind: 'ssh',
    exec: async (_command: string, options: ExecOptions = {}) => {
      const script = String(options.stdin);
      scripts.push(script);
      const stdout = `Microsoft Windows [Version 6.3.9600]\r\n${script.split('\r\n').map(runLine).join('')}`;
      return { code: 0, stdout: Buffer.from(stdout, 'latin1'), stderr: new Uint8Array() };
    },
    files: {
      read: async (path) => {
        files.push(`read ${path}`);
        return regBytes(exported);
      },
      write: async (path) => void files.push(`write ${path}`),
      remove: async (path) => void files.push(`remove ${path}`),
      exists: async () => false,
      makeFolder: async () => undefined,
    },
    reset: async () => undefined,
    close: async () => undefined,
  };
  return { host: windowsHost(connection), scripts, files };
};

const listing = `\r\n${ROOT}\r\n    on    REG_DWORD    0x1\r\n\r\n${ROOT}\\Denied\r\n`;

describe('reading', () => {
  test('reads of one turn go out as one command, each key once', async () => {
    const { host, scripts } = scripted({ [ROOT]: listing });
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
    const { host, scripts } = scripted({ [ROOT]: listing });
    expect(await host.registry([{ path: `${ROOT}\\Missing\\deep` }])).toEqual([null]);
    await expect(host.registry([{ path: `${ROOT}\\Denied` }])).rejects.toMatchObject({ code: 'access-denied' });
    expect(scripts).toHaveLength(2);
  });

  test('what reg query cannot carry is read again from an export, which is removed', async () => {
    const { host, files } = scripted(
      { [ROOT]: `\r\n${ROOT}\r\n    text    REG_SZ    why?\r\n` },
      `Windows Registry Editor Version 5.00\r\n\r\n[${ROOT}]\r\n"text"="why日"\r\n`,
    );
    const [key] = await host.registry([{ path: ROOT, value: 'text' }]);
    expect(key?.values).toEqual([{ name: 'text', data: { type: 'REG_SZ', text: 'why日' } }]);
    expect(files.map((line) => line.split(' ')[0])).toEqual(['read', 'remove']);
  });

  test('a write and the reads after it share one command', async () => {
    const { host, scripts, files } = scripted({ [ROOT]: listing });
    await Promise.all([
      host.writeRegistry([{ op: 'set', path: ROOT, name: 'on', data: { type: 'REG_DWORD', number: 1 } }]),
      host.registry([{ path: ROOT, value: 'on' }]),
    ]);
    expect(files.map((line) => line.split(' ')[0])).toEqual(['write']);
    expect(scripts).toHaveLength(1);
    expect(scripts[0]).toMatch(/reg import[\s\S]*reg query/);
  });

  test('writing nothing sends nothing', async () => {
    const { host, scripts, files } = scripted({});
    await host.writeRegistry([]);
    expect([scripts, files]).toEqual([[], []]);
  });
});

const fixture = (name: string): Buffer => readFileSync(new URL(`../../../fixtures/cases/${name}`, import.meta.url));

describe('output', () => {
  test('C17: progress is dropped, errors become text, what is cut off stays', () => {
    expect(cleanStderr(fixture('C17/stderr-1-progress.txt').toString()).trim()).toBe('');
    const error = cleanStderr(fixture('C17/stderr-2-error.txt').toString());
    expect(error).not.toMatch(/CLIXML|_x000D_|<Objs/);
    expect(error.trim()).not.toBe('');
    const cut = fixture('C17/stderr-3-cut.txt').toString();
    expect(cleanStderr(cut)).toBe(cut);
  });

  test('C18: a byte of an old code page inside CLIXML is no failure', () => {
    const text = cleanStderr(decodeOutput(fixture('C18/stderr.bin'), 437));
    expect(text).not.toContain('CLIXML');
  });

  test.each([
    [850, 'C20/stdout-cp850.bin', /[éèê]/],
    [866, 'C20/stdout-cp866.bin', /[а-яА-Я]/],
    [932, 'C20/stdout-cp932.bin', /[ぁ-んァ-ヶ一-龠]/],
  ])('C20: code page %d', (page, name, letters) => {
    const text = decodeOutput(fixture(name), page);
    expect(text).toMatch(letters);
    expect(text).not.toContain('\ufffd');
  });

  test('code page 437 has all its letters', () => {
    expect(decodeOutput(Uint8Array.of(0x80, 0xe9, 0xea, 0xff), 437)).toBe('ÇΘΩ\u00a0');
  });

  test('C29: no escape code is left', () => {
    expect(stripTerminalCodes(fixture('C29/stdout-with-terminal.bin').toString('latin1'))).not.toContain('\u001b');
  });
});
