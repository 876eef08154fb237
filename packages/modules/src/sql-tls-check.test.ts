import { expect, test } from '@jest/globals';
import type { ResourceModule } from '@ratchet/core';
import { FakeHost } from './fake-host.js';
import { fixture } from './fixture-files.js';
import { sqlTlsCheck } from './sql-tls-check.js';
import { sqlSpeaksTls12 } from './sql-verdict.js';
import { runTask } from './task.js';

const module = sqlTlsCheck as ResourceModule;
const TOP = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Microsoft SQL Server';

const rows = fixture('expected/sql-verdicts.csv')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => [...line.split(',')]);

test.each(rows)('%s %s', (_id, patchLevel, ...rest) => {
  expect(sqlSpeaksTls12(patchLevel ?? '')).toBe(rest.at(-1) === 'yes');
});

test('a text that is no version is unknown', () => {
  expect(sqlSpeaksTls12('latest')).toBeNull();
});

const withInstance = (host: FakeHost, name: string, patchLevel: string): void => {
  const id = `MSSQL12.${name}`;
  host.put({ op: 'set', path: `${TOP}\\Instance Names\\SQL`, name, data: { type: 'REG_SZ', text: id } });
  host.put({ op: 'set', path: `${TOP}\\${id}\\Setup`, name: 'PatchLevel', data: { type: 'REG_SZ', text: patchLevel } });
};

test('names each instance that lacks it, in one round trip', async () => {
  const host = new FakeHost();
  expect(await runTask(module, {}, host)).toMatchObject({ changed: false });
  withInstance(host, 'NEW', '12.2.5000.0');
  withInstance(host, 'OLD', '12.1.4416.0');
  expect(await runTask(module, {}, host)).toMatchObject({
    failed: true,
    message: expect.stringMatching(/OLD 12\.1\.4416\.0$/),
  });
  expect(host.queries).toHaveLength(2);
});
