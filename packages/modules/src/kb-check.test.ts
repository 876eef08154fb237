import { describe, expect, test } from '@jest/globals';
import type { ResourceModule } from '@ratchet/core';
import { RatchetError } from '@ratchet/core';
import { FakeHost } from './fake-host.js';
import { fixture } from './fixture-files.js';
import { kbCheck } from './kb-check.js';
import { kbVerdict } from './kb-verdict.js';
import { dword, runTask } from './task.js';

const module = kbCheck as ResourceModule;
const PACKAGES =
  'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\Packages';

const hostOf = (version: string, build: number, packages: readonly (readonly [string, number])[] = []): FakeHost => {
  const host = new FakeHost({ windows: { version, build } });
  for (const [name, state] of packages)
    host.put({
      op: 'set',
      path: `${PACKAGES}\\Package_for_${name}~31bf3856ad364e35~amd64~~6.3.1.1`,
      name: 'CurrentState',
      data: dword(state),
    });
  return host;
};

const rows = fixture('expected/kb-verdicts.csv')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','));

test.each(rows)('%s', (_name, build, ubr, kb, evidence, verdict) => {
  const found = /CBS (\S+) CurrentState=(\S+)/.exec(evidence ?? '');
  const packages = found ? [{ name: found[1] ?? '', state: Number(found[2]) }] : [];
  const denied = evidence?.includes('cannot be read');
  const listed = evidence?.startsWith('wmic:') ? [kb ?? ''] : [];
  const windows = { build: Number(build), ubr: Number(ubr) };
  expect(kbVerdict(kb ?? '', windows, denied ? null : packages, listed)).toBe(verdict);
});

describe('cases', () => {
  const by_os = { '6.1': 'KB3154518', '6.2': 'KB3154519', '6.3': 'KB3154520', '10.0.14393': 'KB3154521' };

  test.each([
    ['6.1', 7601, 'KB3154518'],
    ['6.3', 9600, 'KB3154520'],
  ])('C81: Windows %s.%d is asked only for its own', async (version, build, kb) => {
    expect(await runTask(module, { by_os }, hostOf(version, build, [[kb, 0x70]]))).toMatchObject({
      changed: false,
      result: { updates: [{ kb, verdict: 'installed' }], verdict: 'installed' },
    });
    expect(await runTask(module, { by_os }, hostOf(version, build))).toMatchObject({
      failed: true,
      message: expect.stringContaining(`${kb}: missing`),
    });
  });

  test('C81: a newer Windows needs none, an unnamed one is told', async () => {
    for (const build of [14393, 20348])
      expect(await runTask(module, { by_os }, hostOf('10.0', build))).toMatchObject({
        changed: false,
        result: { verdict: 'not_applicable' },
      });
    expect(await runTask(module, { by_os: { '2012R2': 'KB3154520' } }, hostOf('6.2', 9200))).toMatchObject({
      failed: true,
      message: expect.stringContaining('Windows 6.2.9200'),
    });
  });

  test('C82: one update, however its number is written', async () => {
    const host = hostOf('6.3', 9600, [
      ['KB3154520', 0x70],
      ['KB31545201', 0x70],
    ]);
    for (const kb of ['kb3154520', 3154520, 'KB 3154520', '3154520 '])
      expect(await runTask(module, { kb }, host)).toMatchObject({
        result: { updates: [{ kb: 'KB3154520', verdict: 'installed' }] },
      });
    expect(await runTask(module, { kb: 'KB315452' }, host)).toMatchObject({ failed: true });
    const refused = hostOf('6.3', 9600);
    expect(await runTask(module, { kb: 'latest' }, refused)).toMatchObject({
      failed: true,
      message: expect.stringContaining("no update's number"),
    });
    expect(refused.queries).toEqual([]);
  });
});

test('wmic is asked where servicing does not know the update', async () => {
  const host = new FakeHost({
    windows: { version: '6.3', build: 9600 },
    command: () => ({ rc: 0, stdout: 'HotFixID   \r\r\nKB3154520  \r\r\n\r\r\n', stderr: '' }),
  });
  expect(await runTask(module, { kb: 'KB3154520' }, host)).toMatchObject({ result: { verdict: 'installed' } });
  expect(host.commands).toEqual(['wmic qfe get HotFixID']);
});

test('a list that cannot be read is unknown, never missing', async () => {
  const host = hostOf('6.3', 9600);
  host.registry = async () => {
    throw new RatchetError('access-denied', 'denied');
  };
  expect(await runTask(module, { kb: 'KB3154520' }, host)).toMatchObject({
    failed: true,
    message: expect.stringContaining('unknown'),
  });
});
