import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type HostForRun, newHostForRun, newRunFolder, type RunFolder } from './test-run.js';

const PLAYBOOK = fileURLToPath(new URL('../../../playbooks/orchestrator.yml', import.meta.url));

let folder: RunFolder;
let target: HostForRun;

beforeAll(async () => {
  folder = await newRunFolder();
  target = await newHostForRun(folder);
});

afterAll(async () => {
  await target.host.stop();
  await folder.remove();
});

/** How often `reg query` is started by each command of a run of the shipped playbook; every key can be read. */
const queries = async (): Promise<readonly number[]> => {
  const groups = await folder.write('groups.yml', 'orchestrator: { hosts: { win1: } }\n');
  const known = target.host.log.length;
  const profile = ['-e', 'tls_profile=tls12_only', '-e', 'tls_restart=false'];
  const { code } = await folder.run([PLAYBOOK, '-i', target.inventory, '-i', groups, ...profile]);
  expect(code).toBe(0);
  const commands = target.host.log.slice(known).filter(({ op }) => op === 'exec');
  return commands.map(({ text }) => text.split(/\r?\n|& /).filter((line) => line.startsWith('reg query')).length);
};

test('a converged run asks once, for nothing that only a guard needs', async () => {
  // Version and updates; SCHANNEL; two runtimes of .NET in two views: 7. A host that was never met is also asked for SQL Server in two
  // views and for the boot that a restart is to be owed in. The second time what was written.
  expect(await queries()).toEqual([10, 5]);
  // The host is owed a restart: the same, and the boot.
  expect(await queries()).toEqual([8]);
});

test('a project that learned from the host what it is owed asks for the boot in its first command the next time', async () => {
  await rm(join(folder.path, '.ratchet', 'owed'), { recursive: true });
  expect(await queries()).toEqual([7, 1]);
  expect(await queries()).toEqual([8]);
});

/** What the host is asked for by a run of one task of win_copy. */
const copied = async (text: string) => {
  const known = target.host.log.length;
  const task = `{ win_copy: { content: ${JSON.stringify(text)}, dest: 'C:\\f.txt' } }`;
  const playbook = await folder.write('copy.yml', `- { hosts: win1, gather_facts: false, tasks: [${task}] }\n`);
  expect((await folder.run([playbook, '-i', target.inventory])).code).toBe(0);
  return target.host.log.slice(known).map(({ op, text }) => (op === 'exec' ? op : text));
};

test('a file that is there already costs win_copy one command and one read; one of another size is not read', async () => {
  await copied('one');
  expect(await copied('one')).toEqual(['exec', 'read C:\\f.txt']);
  expect(await copied('other')).not.toContain('read C:\\f.txt');
});

test('a condition that names what a task of the same command registers waits for it', async () => {
  const task = (name: string, more: string) =>
    `    - { win_regedit: { path: 'HKLM:\\SOFTWARE\\Waits', name: ${name}, data: 1, type: dword }, ${more} }\n`;
  const playbook = await folder.write(
    'waits.yml',
    `- hosts: win1\n  gather_facts: false\n  vars: { first: '1 == 2' }\n  tasks:\n${task('a', 'register: first')}${task('b', "when: '{{ first }}'")}`,
  );
  // Not the play's text of that name, which says no.
  expect((await folder.run([playbook, '-i', target.inventory])).out).toMatch(/win1 +: ok=2 +changed=2 .*skipped=0/);
});
