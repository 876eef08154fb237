import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type HostForRun, newHostForRun, newRunFolder, type RunFolder } from './test-run.js';

const KEPT = 'C:\\ProgramData\\Ratchet';
const LOCK = `${KEPT}\\lock.json`;

const PLAYBOOK = `- hosts: all
  gather_facts: false
  tasks:
    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: a, data: '{{ a | default(1) }}', type: dword}
`;

let folder: RunFolder;
let win1: HostForRun;
let playbook: string;
beforeEach(async () => {
  folder = await newRunFolder();
  win1 = await newHostForRun(folder, {}, { otherUsers: ['bob'] });
  playbook = await folder.write('p.yml', PLAYBOOK);
});
afterEach(async () => {
  await win1.host.stop();
  await folder.remove();
});

const run = (...more: readonly string[]) => folder.run([playbook, '-i', win1.inventory, ...more]);
const execs = () => win1.host.log.filter(({ op }) => op === 'exec');
const value = () => win1.host.registry.value('HKEY_LOCAL_MACHINE\\SOFTWARE\\X', 'a')?.data;
const isLocked = () => win1.host.files.entry(LOCK) !== undefined;

/** Locks the host as a run elsewhere does; `life` in seconds. */
const lockFor = (run_: string, life: number): void => {
  win1.host.files.makeFolders(KEPT);
  const text = JSON.stringify({ owner: 'ann@build1', run: run_, since: '2026-11-25T10:00:00.000Z', life });
  win1.host.files.write(LOCK, Buffer.from(text));
};

describe('a lock', () => {
  test('is taken for a change and given back, for no command of its own; a run that changes nothing sends one command and no write', async () => {
    expect((await run()).code).toBe(0);
    expect(execs()).toHaveLength(2);
    expect(win1.host.log.map(({ text }) => text)).toContain(`write ${LOCK}`);
    expect(isLocked()).toBe(false);
    const before = win1.host.log.length;
    expect((await run()).code).toBe(0);
    expect(win1.host.log.slice(before)).toMatchObject([{ op: 'exec', writes: false }]);
  });

  test('the folder is closed to all but Administrators and SYSTEM, by their SIDs, when it is made', async () => {
    await run();
    const made = win1.host.log.filter(({ text }) => text.includes('icacls'));
    expect(made).toHaveLength(1);
    expect(made[0]?.text).toContain(
      `icacls "${KEPT}" /inheritance:r /grant:r "*S-1-5-32-544:(OI)(CI)F" "*S-1-5-18:(OI)(CI)F"`,
    );
    await run('-e', 'a=2');
    expect(win1.host.log.filter(({ text }) => text.includes('icacls'))).toHaveLength(1);
  });

  test('of another run stops the host untouched: exit code 11, who has it, since when, until when, and what to do', async () => {
    lockFor('20261125T100000-abcd', 300);
    const { code, out } = await run();
    expect(code).toBe(11);
    expect(out).toContain('win1 is locked by ann@build1, run 20261125T100000-abcd, since 2026-11-25T10:00:00.000Z');
    expect(out).toMatch(/lasts until \d{4}-\d\d-\d\dT.*by the host/);
    expect(out).toContain('ratchet unlock win1 -i INVENTORY');
    expect(value()).toBeUndefined();
    expect(isLocked()).toBe(true);
  });

  test('is shown and taken away by unlock, with --yes where nobody can be asked', async () => {
    lockFor('20261125T100000-abcd', 300);
    const asked = await folder.command('unlock', ['win1', '-i', win1.inventory]);
    expect(asked.code).toBe(2);
    expect(asked.out).toContain('win1: locked by ann@build1, run 20261125T100000-abcd, since 2026-11-25T10:00:00.000Z');
    expect(isLocked()).toBe(true);
    const done = await folder.command('unlock', ['win1', '-i', win1.inventory, '--yes']);
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(isLocked()).toBe(false);
    expect((await folder.command('unlock', ['win1', '-i', win1.inventory])).out).toBe('win1: not locked\n');
    expect((await run()).code).toBe(0);
  });

  test('of a host that the inventory does not have: unlock says what to name', async () => {
    const hint = async (args: readonly string[]): Promise<string> => (await folder.command('unlock', args)).err;
    expect(await hint(['win1'])).toContain('hint: Name the inventory: -i INVENTORY.');
    expect(await hint(['win', '-i', win1.inventory])).toContain('hint: Did you mean "win1"?');
    expect(await hint(['all', '-i', win1.inventory])).toContain('hint: That is a group');
  });

  test('does not stop a check, nor a run that finds nothing to change', async () => {
    await run();
    lockFor('20261125T100000-abcd', 300);
    expect((await run()).code).toBe(0);
    expect((await run('-e', 'a=2', '--check')).code).toBe(0);
    expect((await run('-e', 'a=2')).code).toBe(11);
  });

  test('refuses a rollback, which is asked for again and is not the run that resume goes on with', async () => {
    await run();
    const runs = join(folder.path, '.ratchet', 'runs');
    const [done] = await readdir(runs);
    lockFor('20261125T100000-abcd', 300);
    expect((await folder.command('rollback', [done as string])).code).toBe(11);
    const none = await folder.command('resume', []);
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('There is no unfinished run') });
    const refused = (await readdir(runs)).sort().at(-1) as string;
    expect((await folder.command('resume', [refused])).err).toContain('Give the command again');
    await folder.command('unlock', ['win1', '-i', win1.inventory, '--yes']);
    expect((await folder.command('rollback', [done as string])).code).toBe(0);
    expect(value()).toBeUndefined();
  });

  test('of a dead owner expires by the clock of the host', async () => {
    lockFor('20261125T100000-abcd', -1);
    expect((await run()).code).toBe(0);
    expect(isLocked()).toBe(false);
  });

  test('stops a command before it is sent', async () => {
    lockFor('20261125T100000-abcd', 300);
    playbook = await folder.write(
      'p.yml',
      `- hosts: all\n  gather_facts: false\n  tasks:\n    - command: cmd /c mkdir C:\\made\n`,
    );
    expect((await run()).code).toBe(11);
    expect(win1.host.files.entry('C:\\made')).toBeUndefined();
  });

  test('two controllers at once, with two SSH users: the second one stops, and gets through after the first', async () => {
    playbook = await folder.write('p.yml', `${PLAYBOOK}    - wait_for: {path: 'C:\\go', timeout: 100}\n`);
    const other = await newRunFolder();
    try {
      const first = run();
      while (!isLocked()) await new Promise((resolve) => setTimeout(resolve, 5));
      const second = () => other.run([playbook, '-i', win1.inventory, '-e', 'a=2 ansible_user=bob']);
      expect((await second()).code).toBe(11);
      win1.host.files.write('C:\\go', new Uint8Array());
      expect((await first).code).toBe(0);
      expect(value()).toEqual({ type: 'REG_DWORD', number: 1 });
      expect((await second()).code).toBe(0);
      expect(value()).toEqual({ type: 'REG_DWORD', number: 2 });
    } finally {
      await other.remove();
    }
  });
});

const OWING = `- hosts: all
  gather_facts: false
  tasks:
    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: a, data: 1, type: dword}
      notify: restart
    - fail: {msg: on purpose}
      when: fails | default(false) | bool
  handlers:
    - name: restart
      reboot: {pre_reboot_delay: 0}
`;

describe('a notified handler that a failure left undone', () => {
  beforeEach(async () => {
    playbook = await folder.write('site.yml', OWING);
    const failed = await run('-e', 'fails=true');
    expect(failed.code).toBe(2);
    expect(failed.out).toContain('win1 is owed a handler: restart (site.yml)');
    expect(win1.host.reboots).toBe(0);
    expect(isLocked()).toBe(false);
  });

  test('runs in the next run, exactly once (peers.md, fact 3)', async () => {
    const again = await run();
    expect(again).toMatchObject({ code: 0 });
    expect(again.err).toContain('win1: is owed a handler: restart (site.yml)');
    expect(win1.host.reboots).toBe(1);
    expect(await run()).toMatchObject({ code: 0, err: '' });
    expect(win1.host.reboots).toBe(1);
  });

  test('stands once in a plan, which leaves it owed', async () => {
    const planned = await folder.command('plan', [playbook, '-i', win1.inventory]);
    expect(planned.out).toContain('Plan: 0 changes, 1 restart, 0 steps unknown, on 1 host.');
    expect((await run('--check')).out.match(/RUNNING HANDLER/g)).toHaveLength(1);
    expect((await run()).code).toBe(0);
    expect(win1.host.reboots).toBe(1);
  });

  test('is known to another controller, and is not owed here when that one has done it', async () => {
    const other = await newRunFolder();
    try {
      await other.write('site.yml', OWING);
      const there = await other.run([`${other.path}/site.yml`, '-i', win1.inventory]);
      expect(there).toMatchObject({ code: 0 });
      expect(win1.host.reboots).toBe(1);
    } finally {
      await other.remove();
    }
    expect(await run()).toMatchObject({ code: 0, err: '' });
    expect(win1.host.reboots).toBe(1);
  });

  test('is settled by a restart that somebody did since, and not done again', async () => {
    await win1.host.reboot();
    const again = await run();
    expect(again.code).toBe(0);
    expect(again.err).toContain('restarted since it was owed a handler');
    expect(win1.host.reboots).toBe(1);
    expect(await run()).toMatchObject({ code: 0, err: '' });
  });

  test('stays owed, and is told, in a run that has no such handler', async () => {
    playbook = await folder.write('p.yml', PLAYBOOK);
    const other = await run();
    expect(other.code).toBe(0);
    expect(other.out).toContain('win1 is owed a handler: restart (site.yml)');
    expect(win1.host.reboots).toBe(0);
  });
});

describe('what a handler is known by', () => {
  const value_ = (name: string, data: string): string =>
    `{registry: {path: 'HKLM:\\SOFTWARE\\X', name: ${name}, data: '${data}', type: string}`;

  test('a handler of a role that is used twice is owed to nobody once it has run', async () => {
    await mkdir(join(folder.path, 'roles/r/tasks'), { recursive: true });
    await mkdir(join(folder.path, 'roles/r/handlers'));
    await folder.write('roles/r/tasks/main.yml', `- ${value_('"{{ which }}"', '1')}, notify: handled}\n`);
    await folder.write('roles/r/handlers/main.yml', `- ${value_('handled', '1')}, name: handled}\n`);
    playbook = await folder.write(
      'p.yml',
      `- hosts: all
  gather_facts: false
  tasks:
    - include_role: {name: r}
      vars: {which: "{{ item }}"}
      loop: [a, b]
    - include_role: {name: r}
      vars: {which: a}
`,
    );
    const first = await run();
    expect(first).toMatchObject({ code: 0, out: expect.not.stringContaining('is owed') });
    expect(await run()).toMatchObject({ code: 0, err: '' });
  });

  test('one that has run in one use of its role and failed in the other stays owed', async () => {
    await mkdir(join(folder.path, 'roles/r/tasks'), { recursive: true });
    await mkdir(join(folder.path, 'roles/r/handlers'));
    await folder.write('roles/r/tasks/main.yml', `- ${value_('"{{ which }}"', '1')}, notify: topic}\n`);
    await folder.write(
      'roles/r/handlers/main.yml',
      '- {name: handled, listen: topic, fail: {msg: not yet}, when: which == "b" and fails is defined}\n',
    );
    const use = (which: string): string => `    - {role: r, vars: {which: ${which}}}\n`;
    playbook = await folder.write('p.yml', `- hosts: all\n  gather_facts: false\n  roles:\n${use('a')}${use('b')}`);
    const failed = await run('-e', 'fails=1');
    expect(failed).toMatchObject({ code: 2, out: expect.stringContaining('win1 is owed a handler: handled (r)') });
    expect(await run()).toMatchObject({ code: 0, out: expect.not.stringContaining('is owed') });
  });

  test('one of an imported playbook is that of its own file, also when this one is run by itself', async () => {
    const owing = await folder.write('owing.yml', OWING);
    playbook = await folder.write('all.yml', '- import_playbook: owing.yml\n');
    expect((await run('-e', 'fails=true')).out).toContain('win1 is owed a handler: restart (owing.yml)');
    playbook = owing;
    expect((await run()).code).toBe(0);
    expect(win1.host.reboots).toBe(1);
  });
});
