import { describe, expect, test } from '@jest/globals';
import type { RegistryData, RegistryWrite, ResourceModule } from '@ratchet/core';
import { FakeHost } from './fake-host.js';
import { fixture, regWrites } from './fixture-files.js';
import { registry, winRegedit } from './registry.js';
import { registryLaws } from './registry-laws.js';
import { dword, fakeContext, runTask } from './task.js';

const module = registry as ResourceModule;
const KEY = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\RatchetCase';

interface Answer {
  readonly failed?: boolean;
  readonly changed?: boolean;
  readonly data_changed?: boolean;
  readonly data_type_changed?: boolean;
}
interface Behaviour {
  readonly name: string;
  readonly before: readonly string[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly check: Answer;
  readonly first: Answer;
  readonly second: Answer;
  readonly after?: Readonly<Record<string, Readonly<Record<string, readonly [string, string]>>>>;
  readonly export?: readonly string[] | null;
}

const queried = (type: string, text: string): RegistryData => {
  if (type === 'REG_DWORD') return dword(Number(text));
  if (type === 'REG_BINARY') return { type, hex: text.toLowerCase() };
  if (type === 'REG_MULTI_SZ') return { type, items: text.split('\\0') };
  return { type: type as 'REG_SZ' | 'REG_EXPAND_SZ', text };
};

// `reg add KEY /f` without a value left an empty unnamed value on the test host.
const regAdd = (command: string): RegistryWrite => {
  const word = (name: string) => new RegExp(` /${name} (\\S+)`).exec(command)?.[1];
  const path = command.split(' ')[2]?.replace('HKLM', 'HKEY_LOCAL_MACHINE') ?? '';
  return { op: 'set', path, name: word('v') ?? '', data: queried(word('t') ?? 'REG_SZ', word('d') ?? '') };
};

const expectedDump = ({ after, export: lines }: Behaviour): ReadonlyMap<string, RegistryData | null> => {
  const dump = new Map<string, RegistryData | null>();
  for (const [path, values] of Object.entries(after ?? {})) {
    dump.set(path, null);
    for (const [name, [type, text]] of Object.entries(values))
      dump.set(`${path} ${name === '(Default)' ? '' : name}`, queried(type, text));
  }
  for (const write of regWrites((lines ?? []).join('\n'))) {
    if (write.op === 'set') dump.set(`${write.path} ${write.name}`, write.data);
    else dump.set(write.path, null);
  }
  if (dump.size > 0) dump.set(KEY, null);
  return dump;
};

const seeded = (before: readonly RegistryWrite[]): FakeHost => {
  const host = new FakeHost();
  for (const write of before) host.put(write);
  return host;
};

// Two faults of Ansible's that Ratchet refuses at once: fixtures/expected/README.md.
const FAULTS = ['string list data', 'key doubled backslash after colon'];
const behaviours: readonly Behaviour[] = JSON.parse(fixture('expected/win-regedit-behaviour.json'));

describe('win_regedit', () => {
  test('the fixture is whole', () => expect(behaviours).toHaveLength(58));

  test.each(behaviours.filter(({ name }) => !FAULTS.includes(name)))('$name', async (behaviour) => {
    const host = seeded(behaviour.before.map(regAdd));
    const run = async (checkMode: boolean, wanted: Answer): Promise<void> => {
      const end = await runTask(winRegedit as ResourceModule, behaviour.params, host, fakeContext({ checkMode }));
      if (wanted.failed) {
        expect(end).toMatchObject({ failed: true });
        return;
      }
      const { changed, data_changed, data_type_changed } = wanted;
      expect({ ...end.result, changed: end.changed, failed: end.failed }).toEqual({
        changed,
        data_changed,
        data_type_changed,
        failed: undefined,
      });
    };
    await run(true, behaviour.check);
    expect(host.writes).toEqual([]);
    await run(false, behaviour.first);
    await run(false, behaviour.second);
    expect(host.dump(KEY)).toEqual(expectedDump(behaviour));
  });

  test.each(behaviours.filter(({ name }) => FAULTS.includes(name)))(
    '$name is refused untouched',
    async ({ params }) => {
      const host = seeded([]);
      const regedit = winRegedit as ResourceModule;
      expect(await runTask(regedit, params, host, fakeContext({ checkMode: true }))).toMatchObject({ failed: true });
      expect(await runTask(regedit, params, host)).toMatchObject({ failed: true });
      expect(host.dump(KEY).size).toBe(0);
    },
  );
});

describe('the path of registry', () => {
  test.each([
    ['HKLM\\SOFTWARE\\A', 'HKEY_LOCAL_MACHINE\\SOFTWARE\\A'],
    ['HKLM:\\SOFTWARE\\A', 'HKEY_LOCAL_MACHINE\\SOFTWARE\\A'],
    ['HKEY_LOCAL_MACHINE\\SOFTWARE\\A\\', 'HKEY_LOCAL_MACHINE\\SOFTWARE\\A'],
    ['hkey_local_machine:\\SOFTWARE\\RC4 128/128', 'HKEY_LOCAL_MACHINE\\SOFTWARE\\RC4 128/128'],
    ['HKCU\\A', 'HKEY_CURRENT_USER\\A'],
    ['HKEY_USERS\\.DEFAULT', 'HKEY_USERS\\.DEFAULT'],
    ['HKCR\\.txt', 'HKEY_CLASSES_ROOT\\.txt'],
    ['HKEY_CURRENT_CONFIG\\A', 'HKEY_CURRENT_CONFIG\\A'],
  ])('%s', (path, canonical) => {
    expect(registry.params.parse({ path })).toMatchObject({ path: canonical });
  });

  test.each(['HKLM', 'HKLM\\', 'HKLM\\A\\\\B', 'HKLM/SOFTWARE/A', 'HKLX\\A', 'SOFTWARE\\A'])(
    '%s is refused',
    (path) => {
      expect(registry.params.safeParse({ path })).toMatchObject({ success: false });
    },
  );

  test('win_regedit refuses what Ansible refuses', () => {
    expect(winRegedit.params.safeParse({ path: 'HKLM\\SOFTWARE\\A' })).toMatchObject({ success: false });
  });
});

describe('cases', () => {
  const path = 'HKLM:\\SOFTWARE\\CaseTest';
  const CASE = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\CaseTest';

  test('C02: a dword above 0x7fffffff is unsigned', async () => {
    const host = seeded([{ op: 'set', path: CASE, name: 'Top', data: dword(0xffffffff) }]);
    const top = { path, name: 'Top', type: 'dword', data: 4294967295 };
    expect(await runTask(module, top, host)).toMatchObject({ changed: false });
    const mid = { path, name: 'Mid', type: 'dword', data: 2147483648 };
    expect(await runTask(module, mid, host)).toMatchObject({ changed: true, changes: [{ after: dword(2147483648) }] });
    for (const data of [4294967296, -2147483649])
      expect(await runTask(module, { path, name: 'Bad', type: 'dword', data }, host)).toMatchObject({ failed: true });
    expect(host.writes).toHaveLength(1);
  });

  test('C04: three spellings of the unnamed value', async () => {
    const classes = 'HKLM:\\SOFTWARE\\Classes\\.case';
    const host = seeded([{ op: 'create-key', path: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\.case' }]);
    const spellings = [{}, { name: '' }, { name: '(Default)' }];
    const ends = [];
    for (const name of spellings) ends.push(await runTask(module, { path: classes, ...name, data: 'txtfile' }, host));
    expect(ends.map(({ changed }) => changed)).toEqual([true, false, false]);
    const expected = new Map(
      regWrites(fixture('cases/C04/expected-after.reg')).map((write) => [
        write.op === 'set' ? `${write.path} ${write.name}` : write.path,
        write.op === 'set' ? write.data : null,
      ]),
    );
    expect(host.dump('HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\.case')).toEqual(expected);
    expect(await runTask(module, { path: classes, data: '' }, host)).toMatchObject({ changed: true });
    expect(await runTask(module, { path: classes, name: '(Default)', state: 'absent' }, host)).toMatchObject({
      changes: [{ kind: 'registry-value', name: '', after: null }],
    });
  });

  test('to win_regedit (Default) is a name, as to Ansible', async () => {
    const host = seeded([{ op: 'set', path: CASE, name: '', data: { type: 'REG_SZ', text: 'unnamed' } }]);
    const task = { path, name: '(Default)', data: 'named' };
    const regedit = winRegedit as ResourceModule;
    expect(await runTask(regedit, task, host)).toMatchObject({
      changed: true,
      changes: [{ name: '(Default)', before: null }],
    });
    expect(await runTask(regedit, task, host)).toMatchObject({ changed: false });
    expect(host.dump(CASE).get(`${CASE} `)).toEqual({ type: 'REG_SZ', text: 'unnamed' });
    expect(await runTask(module, { path, name: '(Default)', data: 'unnamed' }, host)).toMatchObject({ changed: false });
  });

  test('C05: a multistring is compared as a list', async () => {
    const host = seeded([{ op: 'set', path: CASE, name: 'M', data: { type: 'REG_MULTI_SZ', items: ['b', 'a', 'a'] } }]);
    const task = (name: string, data: unknown) => runTask(module, { path, name, type: 'multistring', data }, host);
    expect(await task('M', ['b', 'a', 'a'])).toMatchObject({ changed: false });
    expect(await task('M', ['a', 'b', 'a'])).toMatchObject({ changed: true });
    expect(await task('N', [])).toMatchObject({ changed: true });
    expect(await task('N', [])).toMatchObject({ changed: false });
    expect(await task('O', ['x', ''])).toMatchObject({ failed: true, message: expect.stringContaining('empty text') });
  });

  test('C07: wildcard characters are ordinary ones', async () => {
    const host = seeded(regWrites(fixture('cases/C07/before.reg')));
    const tasks = [
      { path: 'HKLM:\\SOFTWARE\\Classes\\*\\shell\\case', name: 'Icon', data: 'x.ico' },
      { path: 'HKLM:\\SOFTWARE\\CaseTest\\[a-c]', name: 'V', type: 'dword', data: 1 },
    ];
    for (const task of tasks) expect(await runTask(module, task, host)).toMatchObject({ changed: true });
    for (const task of tasks) expect(await runTask(module, task, host)).toMatchObject({ changed: false });
    const dump = host.dump(CASE);
    expect([dump.get(`${CASE}\\a V`), dump.get(`${CASE}\\b V`)]).toEqual([dword(7), dword(7)]);
  });

  test('C53: an unquoted NULL is refused, a quoted one is a key', async () => {
    const host = seeded([]);
    const cipher = (name: string) =>
      runTask(
        module,
        {
          path: `HKLM:\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Ciphers\\${name}`,
          name: 'Enabled',
          type: 'dword',
          data: 0,
        },
        host,
      );
    for (const wrong of ['', 'None', 'null'])
      expect(await cipher(wrong)).toMatchObject({ failed: true, message: expect.stringMatching(/empty part.*quotes/) });
    expect(host.writes).toEqual([]);
    expect(await cipher('NULL')).toMatchObject({ changed: true });
  });
});

describe('further', () => {
  test('a deleted key carries all that it held', async () => {
    const host = seeded([
      { op: 'set', path: KEY, name: 'v', data: dword(1) },
      { op: 'set', path: `${KEY}\\sub`, name: 'w', data: dword(2) },
    ]);
    const { changes } = await runTask(module, { path: 'HKLM:\\SOFTWARE\\RatchetCase', state: 'absent' }, host);
    expect(changes).toMatchObject([
      {
        kind: 'registry-key',
        deleted: [
          { op: 'create-key', path: KEY },
          { op: 'set', name: 'v' },
          { op: 'create-key', path: `${KEY}\\sub` },
          { op: 'set', name: 'w' },
        ],
      },
    ]);
  });

  test('a hive file is refused with what to do instead', async () => {
    const end = await runTask(module, { path: 'HKLM:\\ANSIBLE\\x', hive: 'C:\\x.dat' }, seeded([]));
    expect(end).toMatchObject({ failed: true, message: expect.stringContaining('reg load') });
  });

  test('a path without a colon is refused with the right spelling', async () => {
    const end = await runTask(winRegedit as ResourceModule, { path: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\X' }, seeded([]));
    expect(end.message).toContain('write "HKLM:\\SOFTWARE\\X"');
  });

  test('only values that a restart puts in force ask for one', async () => {
    const tls = 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.0\\Client';
    const ends = [];
    for (const path of [tls, 'HKLM:\\SOFTWARE\\X'])
      ends.push(await runTask(module, { path, name: 'Enabled', type: 'dword', data: 1 }, seeded([])));
    expect(ends.map(({ changes }) => changes[0]?.restart)).toEqual([true, false]);
  });
});

registryLaws(module, [
  { title: 'set', params: { path: 'HKLM:\\SOFTWARE\\X', name: 'v', data: 'x' }, before: [] },
  {
    title: 'delete key',
    params: { path: 'HKLM:\\SOFTWARE\\RatchetCase', state: 'absent' },
    before: [{ op: 'set', path: `${KEY}\\sub`, name: 'w', data: dword(2) }],
  },
]);
