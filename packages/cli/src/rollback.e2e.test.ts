import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type HostForRun, newHostForRun, newRunFolder, type RunFolder } from './test-run.js';

const X = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\X';

let folder: RunFolder;
let win1: HostForRun;
beforeEach(async () => {
  folder = await newRunFolder();
  win1 = await newHostForRun(folder);
  win1.host.registry.apply([
    { op: 'set', path: X, name: 'kept', data: { type: 'REG_SZ', text: 'as it was' } },
    { op: 'set', path: `${X}\\Gone`, name: 'q', data: { type: 'REG_QWORD', number: 18446744073709551615n } },
  ]);
});
afterEach(async () => {
  await win1.host.stop();
  await folder.remove();
});

const PLAYBOOK = `- hosts: all
  gather_facts: false
  tasks:
    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: kept, data: other, type: string}
    - registry: {path: 'HKLM:\\SOFTWARE\\X\\New\\Deep', name: n, data: 7, type: dword}
    - registry: {path: 'HKLM:\\SOFTWARE\\X\\Gone', state: absent, delete_key: true}
    - schannel_protocol: {protocol: TLS 1.0, role: server, state: disabled}
    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: secret, data: hidden-value-42, type: string}
      no_log: true
    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: kept, data: again, type: string}
`;

const runs = (): string => join(folder.path, '.ratchet', 'runs');
const firstRun = async (): Promise<string> => (await readdir(runs())).sort()[0] as string;

const runOnce = async () => {
  const playbook = await folder.write('p.yml', PLAYBOOK);
  const ended = await folder.run([playbook, '-i', win1.inventory]);
  expect(ended).toMatchObject({ code: 0, err: '' });
  return firstRun();
};

describe('rollback', () => {
  test('leaves the host as it was before the run, and a second one finds nothing to do', async () => {
    const before = win1.registry();
    const run = await runOnce();
    expect(win1.registry()).not.toEqual(before);
    const back = await folder.command('rollback', [run]);
    expect(back).toMatchObject({ code: 0, err: expect.stringContaining('win1: is owed a restart') });
    expect(win1.registry()).toEqual(before);
    expect(back.out).toContain('changed=1');
    expect((await folder.command('rollback', [run])).out).toContain('changed=0');
  });

  test('says which changes it does not take back: files, and what commands did', async () => {
    const tasks = [
      'registry: {path: "HKLM:\\\\SOFTWARE\\\\X", name: kept, data: other, type: string}',
      'win_copy: {content: hello, dest: "C:\\\\hello.txt"}',
      'win_command: cmd /c mkdir C:\\made',
      'win_command: cmd /c ver\n      changed_when: false',
    ].map((task) => `    - ${task}\n`);
    const playbook = await folder.write('f.yml', `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.join('')}`);
    expect(await folder.run([playbook, '-i', win1.inventory])).toMatchObject({ code: 0 });
    const { code, err } = await folder.command('rollback', [await firstRun()]);
    expect(code).toBe(0);
    const told = [...err.matchAll(/f\.yml:(\d+)@win1 is not taken back/g)].map(([, line]) => line);
    expect(told).toEqual(['5', '6']);
  });

  test('--plan shows what it would take back and changes nothing', async () => {
    const run = await runOnce();
    const after = win1.registry();
    const plan = await folder.command('rollback', [run, '--plan']);
    expect(plan.code).toBe(0);
    expect(plan.out).toContain('sz "again" → sz "as it was"');
    expect(win1.registry()).toEqual(after);
  });

  test('what somebody else has changed since is reported and left alone, with exit code 10; --force takes it', async () => {
    const before = win1.registry();
    const run = await runOnce();
    win1.host.registry.set(X, 'kept', { type: 'REG_SZ', text: 'theirs' });
    const back = await folder.command('rollback', [run]);
    expect(back.code).toBe(10);
    expect(back.out).toContain(`${X} kept is sz "theirs"`);
    expect(win1.host.registry.value(X, 'kept')?.data).toEqual({ type: 'REG_SZ', text: 'theirs' });
    expect(win1.host.registry.value(`${X}\\New\\Deep`, 'n')).toBeNull();
    expect((await folder.command('rollback', [run, '--force'])).code).toBe(0);
    expect(win1.registry()).toEqual(before);
  });

  test('notes the restart that it owes', async () => {
    const run = await runOnce();
    await folder.command('rollback', [run]);
    const owed = JSON.parse(await readFile(join(folder.path, '.ratchet', 'owed', 'win1.json'), 'utf8')) as object;
    expect(owed).toEqual({ host: 'win1', debts: [expect.objectContaining({ kind: 'restart' })] });
  });

  test('items of a loop under no_log are told nowhere', async () => {
    const registry =
      "registry: {path: 'HKLM:\\SOFTWARE\\X', name: '{{ item.name }}', data: '{{ item.data }}', type: string}";
    const tasks = [registry, "debug: {msg: '{{ item.data }}'}", "win_command: 'cmd /c echo {{ item.data }}'"].map(
      (task) =>
        `    - ${task}\n      no_log: true\n      loop: [{name: i, data: of-an-item-31}, {name: j, data: of-an-item-32}]\n`,
    );
    const playbook = await folder.write(
      'items.yml',
      `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.join('')}`,
    );
    const { code, out, err } = await folder.run([
      playbook,
      '-i',
      win1.inventory,
      '--output',
      'ndjson',
      '-vvv',
      '--diff',
    ]);
    expect(code).toBe(0);
    expect(win1.host.registry.value('HKEY_LOCAL_MACHINE\\SOFTWARE\\X', 'j')?.data).toMatchObject({
      text: 'of-an-item-32',
    });
    const guessed = createHash('sha256').update('{"name":"i","data":"of-an-item-31"}').digest('hex').slice(0, 8);
    expect(out).toMatch(/\[0:[0-9a-f]{8}\]/);
    for (const text of [out, err, JSON.stringify(await folder.journal())]) {
      expect(text).not.toContain('of-an-item');
      // Nor does a step's id tell whether a guess is right.
      expect(text).not.toContain(guessed);
    }
  });

  test('data under no_log stands only in the backup, which only its owner may read', async () => {
    const run = await runOnce();
    const journal = await readFile(join(runs(), run, 'journal.jsonl'), 'utf8');
    expect(journal).not.toContain('hidden-value-42');
    expect(journal).toContain('withheld');
    expect((await stat(join(runs(), run))).mode & 0o777).toBe(0o700);
    for (const name of await readdir(join(runs(), run)))
      expect((await stat(join(runs(), run, name))).mode & 0o777).toBe(0o600);
  });

  test('what a step under no_log changed or deleted comes back, and no rollback tells or writes down its data', async () => {
    const before = win1.registry();
    const hidden = "{path: 'HKLM:\\SOFTWARE\\X\\Vault', name: pin, data: hidden-value-43, type: string}";
    const playbook = await folder.write(
      'p.yml',
      `- hosts: all
  gather_facts: false
  rollback_on_failure: true
  tasks:
    - registry: ${hidden}
      no_log: true
    - fail: {msg: on purpose}
      when: fails is defined
`,
    );
    const deleting = await folder.write(
      'q.yml',
      `- hosts: all
  gather_facts: false
  tasks:
    - registry: {path: 'HKLM:\\SOFTWARE\\X\\Vault', state: absent, delete_key: true}
      no_log: true
`,
    );
    const told: string[] = [];
    const note = async (ended: Promise<{ code: number; out: string; err: string }>, code: number): Promise<string> => {
      const { out, err, ...how } = await ended;
      expect(how.code).toBe(code);
      told.push(out, err);
      return (await readdir(runs())).sort().at(-1) as string;
    };
    await note(folder.run([playbook, '-i', win1.inventory, '-e', 'fails=1', '--diff', '-vvv']), 2);
    expect(win1.registry()).toEqual(before);
    const made = await note(folder.run([playbook, '-i', win1.inventory]), 0);
    const there = win1.registry();
    const deleted = await note(folder.run([deleting, '-i', win1.inventory, '--diff']), 0);
    await note(folder.command('rollback', [deleted, '--plan']), 0);
    await note(folder.command('rollback', [deleted, '--diff', '-vvv']), 0);
    expect(win1.registry()).toEqual(there);
    const back = await note(folder.command('rollback', [made, '--diff', '-vvv']), 0);
    expect(win1.registry()).toEqual(before);
    await note(folder.command('rollback', [back, '--diff', '-vvv']), 0);
    expect(win1.registry()).toEqual(there);
    for (const run of await readdir(runs())) told.push(await readFile(join(runs(), run, 'journal.jsonl'), 'utf8'));
    for (const text of told) expect(text).not.toContain('hidden-value-43');
  });

  test('a run that is not there says so', async () => {
    expect(await folder.command('rollback', ['20200101'])).toMatchObject({ code: 1 });
  });
});

const FAILING = (where: 'play' | 'block'): string => `- hosts: all
  gather_facts: false
${where === 'play' ? '  rollback_on_failure: true\n' : ''}  tasks:
    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: before, data: 1, type: dword}
    - block:
        - registry: {path: 'HKLM:\\SOFTWARE\\X', name: kept, data: other, type: string}
        - fail: {msg: no further}
${where === 'block' ? '      rollback_on_failure: true\n' : ''}`;

describe('rollback_on_failure', () => {
  test('on a play takes all of it back, and the host stays failed', async () => {
    const before = win1.registry();
    const playbook = await folder.write('p.yml', FAILING('play'));
    const { code, out } = await folder.run([playbook, '-i', win1.inventory]);
    expect(code).toBe(2);
    expect(out).toContain('TASK [rollback on failure]');
    expect(win1.registry()).toEqual(before);
  });

  test('on a block takes back what the block did', async () => {
    const playbook = await folder.write('p.yml', FAILING('block'));
    expect((await folder.run([playbook, '-i', win1.inventory])).code).toBe(2);
    expect(win1.host.registry.value(X, 'kept')?.data).toEqual({ type: 'REG_SZ', text: 'as it was' });
    expect(win1.host.registry.value(X, 'before')?.data).toEqual({ type: 'REG_DWORD', number: 1 });
  });

  test('does nothing where a rescue helps', async () => {
    const playbook = await folder.write(
      'p.yml',
      FAILING('block').replace(
        '      rollback_on_failure',
        '      rescue:\n        - debug: {msg: helped}\n      rollback_on_failure',
      ),
    );
    expect((await folder.run([playbook, '-i', win1.inventory])).code).toBe(0);
    expect(win1.host.registry.value(X, 'kept')?.data).toEqual({ type: 'REG_SZ', text: 'other' });
  });
});
