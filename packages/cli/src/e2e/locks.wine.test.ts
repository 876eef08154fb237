import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Testbed, upHosts } from '@ratchet/testbed';
import { ratchetRun } from './ratchet-run.js';

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

const MINUTES = 60_000;

const suite = (): void => {
  let folder: string;
  let testbed: Testbed;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ratchet-locks-'));
    testbed = await upHosts({ kind: 'wine', dir: join(folder, 'hosts'), hosts: 1 });
    for (const controller of ['first', 'second']) await mkdir(join(folder, controller));
    await writeFile(join(folder, 'site.yml'), OWING);
  }, 5 * MINUTES);
  afterAll(async () => {
    await testbed?.stop();
    await rm(folder, { recursive: true, force: true });
  }, MINUTES);

  const run = (controller: string, ...more: readonly string[]) =>
    ratchetRun(join(folder, controller), [join(folder, 'site.yml'), '-i', testbed.inventoryPath, ...more]);
  const kept = async (file: string): Promise<string> => {
    const prefix = await readFile(join(folder, 'hosts', 'hosts', testbed.hosts[0]?.name ?? '', 'prefix'), 'utf8');
    return join(prefix.trim(), 'drive_c', 'ProgramData', 'Ratchet', file);
  };

  describe('a host of real Windows commands', () => {
    test(
      'keeps what it is owed for another controller, whose run restarts it once; the lock is free after each',
      async () => {
        const name = testbed.hosts[0]?.name as string;
        const failed = await run('first', '-e', 'fails=true');
        expect(failed).toMatchObject({ code: 2 });
        expect(failed.out).toContain(`${name} is owed a handler: restart (site.yml)`);
        expect(existsSync(await kept('owed-0.json'))).toBe(true);
        expect(existsSync(await kept('lock.json'))).toBe(false);
        const there = await run('second');
        expect(there).toMatchObject({ code: 0, err: expect.stringContaining('is owed a handler: restart (site.yml)') });
        expect(testbed.reboots(name)).toBe(1);
        const before = (await testbed.log(name)).length;
        expect(await run('first')).toMatchObject({ code: 0, err: '' });
        expect(testbed.reboots(name)).toBe(1);
        const last = (await testbed.log(name)).slice(before);
        expect(last.filter(({ writes }) => writes)).toEqual([]);
        expect(last.filter(({ op }) => op === 'exec')).toHaveLength(1);
        expect(existsSync(await kept('lock.json'))).toBe(false);
      },
      3 * MINUTES,
    );
  });
};

if (existsSync('/usr/bin/wine') && existsSync('/usr/sbin/sshd')) suite();
else if (process.env['CI']) test('real hosts', () => expect('wine and sshd').toBe('installed in CI'));
else test.skip('real hosts: left out, Debian packages wine and openssh-server are not installed', () => undefined);
