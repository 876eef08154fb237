import { describe, expect, test } from '@jest/globals';
import { snapshotExclusions } from './exclusions.js';
import { snapshotText } from './text.js';

const HEAD = 'Windows Registry Editor Version 5.00\r\n\r\n';
const nothing = { keys: [], values: [] };

describe('snapshotText', () => {
  test('sorts keys and values and joins continued lines', () => {
    const text = `${HEAD}[HKEY_LOCAL_MACHINE\\SOFTWARE\\b]\r\n"z"=hex:01,\\\r\n  02\r\n"A"="x"\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\a]\r\n\r\n`;
    expect(snapshotText([text], nothing)).toBe(
      'Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\a]\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\b]\n"A"="x"\n"z"=hex:01,02\n',
    );
  });

  test('keeps a text that spans lines or looks like a key', () => {
    const text = `${HEAD}[HKEY_LOCAL_MACHINE\\SOFTWARE\\a]\r\n"t"="one\r\n[HKEY_LOCAL_MACHINE\\no]"\r\n"path"="C:\\\\dir\\\\"\r\n`;
    const snapshot = snapshotText([text], nothing);
    expect(snapshot).toContain('"t"="one\n[HKEY_LOCAL_MACHINE\\no]"\n');
    expect(snapshot).toContain('"path"="C:\\\\dir\\\\"\n');
  });

  test('leaves out the other control sets, the boot marker and, on x86, the 32-bit view', () => {
    const system = 'HKEY_LOCAL_MACHINE\\SYSTEM';
    const boot = `${system}\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters`;
    const text = `${HEAD}[${system}\\ControlSet001\\x]\r\n\r\n[${boot}]\r\n"BootId"=dword:00000001\r\n"Other"=dword:00000001\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Wow6432Node\\a]\r\n`;
    const snapshot = snapshotText([text], snapshotExclusions('x86'));
    expect(snapshot).not.toMatch(/ControlSet001|BootId|Wow6432Node/);
    expect(snapshot).toContain('"Other"=dword:00000001');
  });

  test('excludes nothing that a playbook writes', () => {
    const { keys, values } = snapshotExclusions('x64');
    const paths = [...keys, ...values.map(({ path }) => path)].join('\n');
    expect(paths).not.toMatch(/SCHANNEL|\.NETFramework/i);
  });
});
