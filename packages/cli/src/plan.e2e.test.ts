import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type EmbeddedHost, seedWrites, startEmbeddedHost } from '@ratchet/testbed';
import { newRunFolder, PASSWORD, type RunFolder } from './test-run.js';

const X = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\X';

let folder: RunFolder;
let hosts: EmbeddedHost[];
beforeEach(async () => {
  folder = await newRunFolder();
  hosts = [];
});
afterEach(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await folder.remove();
});

const fleet = async (count: number): Promise<string> => {
  const registry = seedWrites({ os: '2012r2', arch: 'x64', without: [], reboots: 0 });
  hosts = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      startEmbeddedHost({ name: `win${index + 1}`, password: PASSWORD, registry, downMs: 100, secondMs: 20 }),
    ),
  );
  const known = hosts.map((host) => `[127.0.0.1]:${host.port} ${host.hostKeyPublic}\n`).join('');
  const file = await folder.write('known_hosts', known);
  const vars = hosts.map((host) => [
    host.name,
    {
      ansible_host: '127.0.0.1',
      ansible_port: host.port,
      ansible_user: host.user,
      ansible_password: PASSWORD,
      ratchet_known_hosts: file,
    },
  ]);
  return folder.write('inventory.yml', JSON.stringify({ all: { hosts: Object.fromEntries(vars) } }));
};

const PLAYBOOK = `- hosts: all
  gather_facts: false
  tasks:
    - name: first
      registry: {path: 'HKLM:\\SOFTWARE\\X', name: first, data: 1, type: dword}
    - name: made
      command: mkdir C:\\made
      register: made
    - name: then
      registry: {path: 'HKLM:\\SOFTWARE\\X', name: then, data: "{{ made.rc }}", type: dword}
    - name: hidden
      registry: {path: 'HKLM:\\SOFTWARE\\X', name: hidden, data: never-shown-7, type: string}
      no_log: true
    - name: looped
      registry: {path: 'HKLM:\\SOFTWARE\\X', name: looped, data: "{{ item }}", type: string}
      loop: [never-shown-8]
      no_log: true
    - name: restart
      reboot: {pre_reboot_delay: 0}
    - name: last
      registry: {path: 'HKLM:\\SOFTWARE\\X', name: last, data: 1, type: dword}
`;

const SIMPLE = `- hosts: all
  gather_facts: false
  tasks:
    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: a, data: 1, type: dword}
    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: b, data: 2, type: dword}
`;

const data = (host: EmbeddedHost | undefined, name: string) => host?.registry.value(X, name)?.data;

describe('plan', () => {
  test('shows changes, what is unknown, a restart and what is read again after it; nothing secret; writes nothing', async () => {
    const inventory = await fleet(1);
    const before = hosts[0]?.snapshotWrites();
    const playbook = await folder.write('p.yml', PLAYBOOK);
    const { code, out } = await folder.command('plan', [playbook, '-i', inventory]);
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'win1',
      '  first',
      `    ~ ${X} first: absent → dword 1 (0x1)`,
      '  made',
      '    ? UNKNOWN: command says what it does only when it runs',
      '  then',
      '    ? UNKNOWN: known only once "made" is registered by a run',
      '  hidden',
      `    ~ ${X} hidden: (withheld) → (withheld)`,
      '  looped (item=(censored due to no_log))',
      `    ~ ${X} looped: (withheld) → (withheld)`,
      '  restart',
      '    ! restart: the playbook asks for it',
      '  last  [read before the restart above; read again after it]',
      `    ~ ${X} last: absent → dword 1 (0x1)`,
      'Plan: 4 changes, 1 restart, 2 steps unknown, on 1 host.',
      '',
    ]);
    expect(hosts[0]?.snapshotWrites()).toEqual(before);
    expect(hosts[0]?.log.filter(({ writes }) => writes)).toEqual([]);
  });

  test('a handler that would only restart the host again after a planned restart is not in the plan, as it is not run', async () => {
    const inventory = await fleet(1);
    const playbook = await folder.write(
      'p.yml',
      `${SIMPLE}      notify: again
    - reboot: {pre_reboot_delay: 0}
  handlers:
    - name: again
      reboot: {pre_reboot_delay: 0}
`,
    );
    const planned = await folder.command('plan', [playbook, '-i', inventory]);
    expect(planned.out).toContain('Plan: 2 changes, 1 restart, 0 steps unknown, on 1 host.');
    expect((await folder.run([playbook, '-i', inventory])).code).toBe(0);
    expect(hosts[0]?.reboots).toBe(1);
  });

  test('whatever asks for a result that only a run gives is unknown: debug, assert, set_fact, until, changed_when', async () => {
    const inventory = await fleet(1);
    const playbook = await folder.write(
      'p.yml',
      `- hosts: all
  gather_facts: false
  tasks:
    - {name: made, command: 'mkdir C:\\made', register: made, until: made.rc == 0}
    - {name: shown, debug: {var: made.rc}}
    - {name: sure, assert: {that: made.rc == 0}}
    - {name: said, set_fact: {said: '{{ made.rc }}'}}
    - name: of a fact
      registry: {path: 'HKLM:\\SOFTWARE\\X', name: a, data: '{{ said }}', type: dword}
    - name: judged
      registry: {path: 'HKLM:\\SOFTWARE\\X', name: b, data: 1, type: dword}
      changed_when: made.rc == 0
    - {name: said again, set_fact: {said: 2}}
    - name: known
      registry: {path: 'HKLM:\\SOFTWARE\\X', name: a, data: '{{ said }}', type: dword}
`,
    );
    const { code, out } = await folder.command('plan', [playbook, '-i', inventory]);
    const hangs = (name: string): string => `    ? UNKNOWN: known only once "${name}" is registered by a run`;
    expect(out.split('\n')).toEqual([
      'win1',
      '  made',
      '    ? UNKNOWN: command says what it does only when it runs',
      '  shown',
      hangs('made'),
      '  sure',
      hangs('made'),
      '  said',
      hangs('made'),
      '  of a fact',
      hangs('said'),
      '  judged',
      `    ~ ${X} b: absent → dword 1 (0x1)`,
      hangs('made'),
      '  known',
      `    ~ ${X} a: absent → dword 2 (0x2)`,
      'Plan: 2 changes, 0 restarts, 6 steps unknown, on 1 host.',
      '',
    ]);
    expect(code).toBe(0);
  });

  test('a step that fails is told with its reason and place, and no plan is saved', async () => {
    const inventory = await fleet(1);
    const playbook = await folder.write('p.yml', `${SIMPLE}    - {name: wrong, debug: {msg: '{{ nope }}'}}\n`);
    const saved = join(folder.path, 'site.plan');
    const { code, out, err } = await folder.command('plan', [playbook, '-i', inventory, '--out', saved]);
    expect(code).toBe(2);
    expect(out).toContain('  wrong\n    x FAILED: An undefined variable is used');
    expect(out).toContain(`at ${playbook}:6:`);
    expect(out).toContain('1 step failed, on 1 host.');
    expect(err).toContain('Not saved: the check ended with 2.');
    await expect(readFile(saved)).rejects.toThrow('ENOENT');
  });

  test('--list-tasks and --syntax-check are those of a run', async () => {
    const inventory = await fleet(1);
    const playbook = await folder.write('p.yml', SIMPLE);
    const listed = await folder.command('plan', [playbook, '-i', inventory, '--list-tasks']);
    expect(listed).toMatchObject({ code: 0, out: expect.stringContaining('      registry\tTAGS: []') });
    expect((await folder.command('plan', [playbook, '-i', inventory, '--syntax-check'])).out).not.toContain('Plan:');
  });

  test('--detailed-exitcode: 2 with changes, 0 without, 1 for a host that cannot be reached', async () => {
    const inventory = await fleet(1);
    const playbook = await folder.write('p.yml', SIMPLE);
    const plan = [playbook, '-i', inventory, '--detailed-exitcode'];
    expect((await folder.command('plan', plan)).code).toBe(2);
    expect((await folder.run([playbook, '-i', inventory])).code).toBe(0);
    expect((await folder.command('plan', plan)).code).toBe(0);
    await hosts[0]?.stop();
    expect((await folder.command('plan', plan)).code).toBe(1);
  });
});

describe('apply', () => {
  test('that was cut off is gone on with as the plan says: what is not in it is not changed, without the plan file, too', async () => {
    const inventory = await fleet(1);
    const playbook = await folder.write('p.yml', SIMPLE);
    const plan = join(folder.path, 'site.plan');
    await folder.command('plan', [playbook, '-i', inventory, '--out', plan]);
    expect((await folder.command('apply', [plan])).code).toBe(0);
    await rm(plan);
    const runs = join(folder.path, '.ratchet', 'runs');
    const run = (await readdir(runs)).sort().at(-1) as string;
    const journal = join(runs, run, 'journal.jsonl');
    const lines = (await readFile(journal, 'utf8')).split('\n');
    const cut = lines.findIndex((line) => line.includes('"step_started"') && line.includes('p0.b0'));
    await writeFile(journal, `${lines.slice(0, cut).join('\n')}\n`);
    hosts[0]?.registry.set(X, 'b', { type: 'REG_DWORD', number: 7 });
    hosts[0]?.registry.deleteValue(X, 'a');
    const { code, out } = await folder.command('resume', []);
    expect(out).toContain(`stopped: [win1]: Not in the plan: ${X} b: dword 7 (0x7) → dword 2 (0x2)`);
    expect(code).toBe(10);
    expect(data(hosts[0], 'b')).toEqual({ type: 'REG_DWORD', number: 7 });
    // What is in it is made: the plan came of a check, and going on with it is none.
    expect(data(hosts[0], 'a')).toEqual({ type: 'REG_DWORD', number: 1 });
  });

  test('makes what the plan shows, restart, commands and withheld data included', async () => {
    const inventory = await fleet(1);
    const playbook = await folder.write('p.yml', PLAYBOOK);
    const file = join(folder.path, 'x.plan');
    expect((await folder.command('plan', [playbook, '-i', inventory, '--out', file])).code).toBe(0);
    expect(await readFile(file, 'utf8')).not.toContain('never-shown-7');
    expect(await folder.command('apply', [file])).toMatchObject({ code: 0, err: '' });
    expect(hosts[0]?.reboots).toBe(1);
    expect(data(hosts[0], 'hidden')).toEqual({ type: 'REG_SZ', text: 'never-shown-7' });
    expect(data(hosts[0], 'looped')).toEqual({ type: 'REG_SZ', text: 'never-shown-8' });
    expect(data(hosts[0], 'last')).toEqual({ type: 'REG_DWORD', number: 1 });
  });

  test('20 hosts of which one drifted: 19 done, 1 refused untouched, exit code 10, the moved value shown', async () => {
    const inventory = await fleet(20);
    const playbook = await folder.write('p.yml', SIMPLE);
    const file = join(folder.path, 'x.plan');
    await folder.command('plan', [playbook, '-i', inventory, '--out', file]);
    const [drifted, ...others] = hosts;
    drifted?.registry.set(X, 'b', { type: 'REG_DWORD', number: 9 });
    const asDrifted = drifted?.snapshotWrites();
    const { code, out } = await folder.command('apply', [file]);
    expect(code).toBe(10);
    expect(out).toContain(`${X} b was absent, is dword 9 (0x9)`);
    expect(drifted?.snapshotWrites()).toEqual(asDrifted);
    expect(drifted?.log.filter(({ writes }) => writes)).toEqual([]);
    for (const host of others) expect(data(host, 'b')).toEqual({ type: 'REG_DWORD', number: 2 });
  });

  test('a plan that was altered, and a playbook that has changed since, are refused before any host is asked', async () => {
    const inventory = await fleet(1);
    const playbook = await folder.write('p.yml', SIMPLE);
    const file = join(folder.path, 'x.plan');
    await folder.command('plan', [playbook, '-i', inventory, '--out', file]);
    const asked = hosts[0]?.log.length;
    const saved = await readFile(file, 'utf8');
    await writeFile(file, saved.replace('"number": 2', '"number": 3'));
    expect(await folder.command('apply', [file])).toMatchObject({ code: 10, err: expect.stringContaining('altered') });
    await writeFile(file, saved);
    await folder.write('p.yml', SIMPLE.replace('data: 2', 'data: 4'));
    expect(await folder.command('apply', [file])).toMatchObject({ code: 1, err: expect.stringContaining('p.yml') });
    expect(hosts[0]?.log).toHaveLength(asked ?? -1);
  });
});
