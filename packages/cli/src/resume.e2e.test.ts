import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EmbeddedFaults } from '@ratchet/testbed';
import { type HostForRun, newHostForRun, newRunFolder, type RunFolder } from './test-run.js';

const X = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\X';

let folder: RunFolder;
let faults: EmbeddedFaults;
let win1: HostForRun;
beforeEach(async () => {
  folder = await newRunFolder();
  faults = {};
  win1 = await newHostForRun(folder, {}, { faults, downMs: 100, secondMs: 20 });
});
afterEach(async () => {
  await win1.host.stop();
  await folder.remove();
});

const PLAYBOOK = `- hosts: all
  gather_facts: false
  tasks:
    - name: first
      registry: {path: 'HKLM:\\SOFTWARE\\X', name: first, data: 1, type: dword}
      notify: handled
    - name: plain
      command: mkdir C:\\plain
      register: made
    - name: last
      registry: {path: 'HKLM:\\SOFTWARE\\X', name: last, data: "{{ made.rc | default(7) }}", type: dword}
  handlers:
    - name: handled
      registry: {path: 'HKLM:\\SOFTWARE\\X', name: handled, data: 1, type: dword}
`;

const number = (name: string): unknown => {
  const data = win1.host.registry.value(X, name)?.data;
  return data && 'number' in data ? data.number : undefined;
};

const madeTimes = (): number => win1.host.log.filter(({ text }) => text.includes('mkdir C:\\plain')).length;

/** From now on the link breaks once, when the command has run, before its end is known. */
const cutOnce = (): void => {
  let cut = false;
  faults.cutAfter = (script) => {
    if (cut || !script.includes('mkdir C:\\plain')) return false;
    cut = true;
    return true;
  };
};

/** The link breaks when the command has run, before its end is known. */
const cutAtCommand = async (): Promise<string> => {
  cutOnce();
  const playbook = await folder.write('p.yml', PLAYBOOK);
  const { code } = await folder.run([playbook, '-i', win1.inventory]);
  expect(code).toBe(4);
  faults.cutAfter = undefined;
  return theRun();
};

const theRun = async (): Promise<string> => (await readdir(join(folder.path, '.ratchet', 'runs')))[0] as string;

const undecidedStep = (out: string): string => /--redo '([^']+)'/.exec(out)?.[1] as string;

describe('resume', () => {
  test('refuses a run of an older version, whose steps have other names, also with --accept-changes', async () => {
    const run = await cutAtCommand();
    const journal = join(folder.path, '.ratchet', 'runs', run, 'journal.jsonl');
    const text = await readFile(journal, 'utf8');
    expect(text).toContain('"journal":4');
    await writeFile(journal, text.replace('"journal":4', '"journal":3'));
    const refused = await folder.command('resume', [run, '--accept-changes']);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('names its steps otherwise');
    expect(madeTimes()).toBe(1);
  });

  test('asks what to do with a command that may have run; --skip goes on without it, with the handlers of before', async () => {
    const run = await cutAtCommand();
    const asked = await folder.command('resume', [run]);
    expect(asked.code).toBe(12);
    expect(asked.out).toContain('stopped: [win1]: command was sent to the host and its end is not known');
    expect(asked.err).not.toContain('Going on with run');
    expect((await folder.command('resume', [])).err).toContain(
      `Going on with run ${run}: ${folder.path}/p.yml, begun 2`,
    );
    expect(madeTimes()).toBe(1);
    const { code } = await folder.command('resume', [run, '--skip', undecidedStep(asked.out)]);
    expect(code).toBe(0);
    expect([madeTimes(), number('first'), number('last'), number('handled')]).toEqual([1, 1, 7, 1]);
  });

  test('--redo runs it again', async () => {
    const run = await cutAtCommand();
    const asked = await folder.command('resume', [run]);
    win1.host.files.removeFolder('C:\\plain');
    const { code } = await folder.command('resume', [run, '--redo', undecidedStep(asked.out)]);
    expect(code).toBe(0);
    expect([madeTimes(), number('last')]).toEqual([2, 0]);
  });

  test('a step that the run does not have is refused', async () => {
    const run = await cutAtCommand();
    expect(await folder.command('resume', [run, '--redo', 'nothing'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('has no step nothing'),
    });
  });

  test('goes on with an until loop: what was on its way is told once, and the next attempt is judged by itself', async () => {
    const playbook = await folder.write(
      'p.yml',
      `- hosts: all
  gather_facts: false
  tasks:
    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: first, data: 1, type: dword}
      register: wrote
      until: wrote is not changed
      delay: 0
`,
    );
    const whole = await folder.run([playbook, '-i', win1.inventory]);
    expect(whole).toMatchObject({ code: 0, out: expect.stringContaining('(3 retries left)') });
    const journal = join(folder.path, '.ratchet', 'runs', await theRun(), 'journal.jsonl');
    const lines = (await readFile(journal, 'utf8')).trimEnd().split('\n');
    for (const type of ['step_applying', 'step_retrying']) {
      const end = lines.findIndex((line) => line.includes(`"type":"${type}"`));
      await writeFile(journal, `${lines.slice(0, end + 1).join('\n')}\n`);
      const { code, out } = await folder.command('resume', []);
      expect([type, code, out.match(/retries left/g)?.length]).toEqual([
        type,
        0,
        type === 'step_applying' ? 1 : undefined,
      ]);
    }
  });

  test('a handler that had ended is not owed, although the run was cut off before its host knew', async () => {
    const kept = [0, 1].map((turn) => `C:\\ProgramData\\Ratchet\\owed-${turn}.json`);
    const page = join(folder.path, '.ratchet', 'owed', 'win1.json');
    let owed: { readonly host: readonly (Uint8Array | undefined)[]; readonly here: string } | undefined;
    faults.cutAfter = () => {
      const here = existsSync(page) ? readFileSync(page, 'utf8') : '';
      if (here.includes('"handled"'))
        owed = { host: kept.map((path) => win1.host.files.entry(path) && win1.host.files.read(path)), here };
      return false;
    };
    const playbook = await folder.write(
      'p.yml',
      `${PLAYBOOK}      notify: more
    - name: more
      registry: {path: 'HKLM:\\SOFTWARE\\X', name: more, data: 1, type: dword}
`,
    );
    expect((await folder.run([playbook, '-i', win1.inventory])).code).toBe(0);
    for (const [at, path] of kept.entries())
      if (owed?.host[at]) win1.host.files.write(path, owed.host[at] as Uint8Array);
    await mkdir(join(folder.path, '.ratchet', 'owed'), { recursive: true });
    await writeFile(page, owed?.here as string);
    const journal = join(folder.path, '.ratchet', 'runs', await theRun(), 'journal.jsonl');
    const lines = (await readFile(journal, 'utf8')).trimEnd().split('\n');
    const end = lines.findIndex((line) => line.includes('"task_finished"') && line.includes('"name":"handled"'));
    await writeFile(journal, `${lines.slice(0, end + 1).join('\n')}\n`);
    win1.host.registry.deleteValue(X, 'more');
    const { code, out } = await folder.command('resume', []);
    expect([code, number('more')]).toEqual([0, 1]);
    expect(out).not.toContain('owed');
  });

  test('a handler that ran, was notified again and has not run then stays owed', async () => {
    const playbook = await folder.write(
      'p.yml',
      `- hosts: all
  gather_facts: false
  tasks:
    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: first, data: 1, type: dword}
      notify: handled
    - meta: flush_handlers
    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: second, data: 1, type: dword}
      notify: handled
    - command: mkdir C:\\plain
    - fail: {msg: on purpose}
  handlers:
    - name: handled
      registry: {path: 'HKLM:\\SOFTWARE\\X', name: handled, data: 1, type: dword}
`,
    );
    cutOnce();
    expect((await folder.run([playbook, '-i', win1.inventory])).code).toBe(4);
    const asked = await folder.command('resume', [await theRun()]);
    const { code, out } = await folder.command('resume', ['--skip', undecidedStep(asked.out)]);
    expect(code).toBe(2);
    expect(out).toContain('win1 is owed a handler: handled (p.yml)');
    const again = await folder.run([playbook, '-i', win1.inventory]);
    expect(again.err).toContain('is owed a handler: handled');
  });

  test('a handler that only restarts is not run after a restart that the run had done before it was cut off', async () => {
    const playbook = await folder.write(
      'p.yml',
      `- hosts: all
  gather_facts: false
  tasks:
    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: first, data: 1, type: dword}
      notify: again
    - reboot: {pre_reboot_delay: 0}
    - command: mkdir C:\\plain
  handlers:
    - name: again
      reboot: {pre_reboot_delay: 0}
`,
    );
    cutOnce();
    expect((await folder.run([playbook, '-i', win1.inventory])).code).toBe(4);
    const asked = await folder.command('resume', [await theRun()]);
    expect((await folder.command('resume', ['--skip', undecidedStep(asked.out)])).code).toBe(0);
    expect(win1.host.reboots).toBe(1);
  });

  test('a playbook that changed since is named and refused; --accept-changes goes on', async () => {
    const run = await cutAtCommand();
    await folder.write('p.yml', `${PLAYBOOK}# later\n`);
    const refused = await folder.command('resume', [run]);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('p.yml') });
    expect((await folder.command('resume', [run, '--accept-changes'])).code).toBe(12);
  });

  test('a run that came to its end has nothing to continue', async () => {
    const playbook = await folder.write('p.yml', PLAYBOOK);
    await folder.run([playbook, '-i', win1.inventory]);
    const [run] = await readdir(join(folder.path, '.ratchet', 'runs'));
    expect(await folder.command('resume', [run as string])).toMatchObject({
      code: 2,
      err: expect.stringContaining('came to its end'),
    });
    expect(await folder.command('resume', [])).toMatchObject({ code: 1 });
  });

  test('a secret -e is not in the journal and is asked for by its name', async () => {
    faults.refuseConnections = () => true;
    const playbook = await folder.write('p.yml', PLAYBOOK);
    await folder.run([playbook, '-i', win1.inventory, '-e', 'api_token=never-written-5', '-e', 'colour=blue']);
    faults.refuseConnections = undefined;
    const [run] = await readdir(join(folder.path, '.ratchet', 'runs'));
    const refused = await folder.command('resume', [run as string]);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('give -e again for api_token') });
    expect(JSON.stringify(await folder.journal())).not.toContain('never-written-5');
    expect((await folder.command('resume', [run as string, '-e', 'api_token=never-written-5'])).code).toBe(0);
  });

  test('what is named as a secret is masked in output and journal, wherever it comes from, and used when a run goes on', async () => {
    cutOnce();
    const playbook = await folder.write(
      'p.yml',
      `- hosts: all
  gather_facts: false
  vars: {db_password: of-the-play-1, tls_token_state: present}
  tasks:
    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: play, data: '{{ db_password }}', type: string}
    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: given, data: '{{ api_token }}', type: string}
    - set_fact: {session_secret: "{{ 'of-a-' ~ 'fact-1' }}"}
    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: state, data: '{{ tls_token_state }}', type: string}
    - command: mkdir C:\\plain
    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: fact, data: '{{ session_secret }}', type: string}
    - debug: {msg: 'said {{ db_password }} {{ api_token }} {{ session_secret }}'}
`,
    );
    const again = ['-e', 'api_token=of-the-line-1'];
    const first = await folder.run([playbook, '-i', win1.inventory, '--diff', '-vvv', ...again]);
    const asked = await folder.command('resume', ['--diff', '-vvv', await theRun(), ...again]);
    const second = await folder.command('resume', ['-vvv', '--skip', undecidedStep(asked.out), ...again]);
    expect(second.code).toBe(0);
    expect(second.out).toContain('said ******** ******** ********');
    const texts = ['play', 'given', 'state', 'fact'].map((name) => win1.host.registry.value(X, name)?.data);
    expect(texts).toMatchObject([
      { text: 'of-the-play-1' },
      { text: 'of-the-line-1' },
      { text: 'present' },
      { text: 'of-a-fact-1' },
    ]);
    const told = [first, asked, second].map(({ out, err }) => out + err).join('');
    expect(told).toContain('X state: absent → sz "present"');
    for (const text of [told, JSON.stringify(await folder.journal())])
      expect(text).not.toMatch(/of-the-play-1|of-the-line-1|of-a-fact-1/);
  });

  test('runs lists it and runs show tells its steps, before and after', async () => {
    const run = await cutAtCommand();
    expect((await folder.command('runs', [])).out).toContain(run);
    const { out } = await folder.command('runs', ['show', run]);
    expect(out).toContain(`${X} first: absent → dword 1 (0x1)`);
    expect(out).toContain('    changed: first  p0.b0/');
    expect(out).toContain('applying (no end in the journal): plain  p0.b0/');
  });

  test('runs show tells where a delegated step was done', async () => {
    const playbook = await folder.write(
      'p.yml',
      `- hosts: other
  gather_facts: false
  tasks:
    - name: given away
      registry: {path: 'HKLM:\\SOFTWARE\\X', name: first, data: 1, type: dword}
      delegate_to: win1
`,
    );
    expect((await folder.run([playbook, '-i', win1.inventory, '-i', 'other,'])).code).toBe(0);
    const { out } = await folder.command('runs', ['show', await theRun()]);
    expect(out).toContain('  other\n    changed: given away -> win1(127.0.0.1)  p0.b0/');
  });

  test('runs counts what a run did that was killed, too', async () => {
    await cutAtCommand();
    const journal = join(folder.path, '.ratchet', 'runs', await theRun(), 'journal.jsonl');
    const lines = (await readFile(journal, 'utf8')).trimEnd().split('\n');
    expect(lines.at(-1)).toContain('run_finished');
    await writeFile(journal, `${lines.slice(0, -1).join('\n')}\n`);
    const { out } = await folder.command('runs', []);
    expect(out).toContain('unfinished  ');
    expect(out).toContain('(1 hosts, 1 changed, 1 failed or unreachable');
  });

  test('a run that is not there is told with the folder that was looked in', async () => {
    const { code, err } = await folder.command('resume', ['2020']);
    expect(code).toBe(1);
    expect(err).toContain(`There is no run 2020 in ${join(folder.path, '.ratchet', 'runs')}.`);
    expect(err).toContain('Runs are kept in the folder that they were begun in.');
  });
});
