import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { caseFile, newRunFolder, type RunFolder, under } from './test-run.js';

let folder: RunFolder;
beforeEach(async () => {
  folder = await newRunFolder();
});
afterEach(() => folder.remove());

const ratchetRun = (...args: readonly string[]) => folder.run(args);

const inCase = (name: string, ...more: readonly string[]) =>
  ratchetRun(caseFile(name, 'playbook.yml'), '-i', caseFile(name, 'inventory.yml'), ...more);

const write = (name: string, text: string): Promise<string> => folder.write(name, text);

describe('ratchet run on this machine', () => {
  test('C77: one host fails, the others run to their end, the exit code says so', async () => {
    const { code, out } = await inCase('C77');
    expect(code).toBe(2);
    expect(under(out, 'bad')).toContain('fatal: [h2]: FAILED! => {"changed": false, "msg": "boom"}');
    expect(out.match(/"msg": "boom"/g)).toHaveLength(1);
    expect(
      under(out, 'end')
        .filter((line) => line.startsWith('ok: '))
        .map((line) => line.slice(0, 8)),
    ).toEqual(['ok: [h1]', 'ok: [h3]']);
  });

  test('C78: a file gets plain text without control characters, whole', async () => {
    const { code, out } = await inCase('C78');
    expect(code).toBe(2);
    expect(out).toContain('"msg": "line one of the error, line two of the error"');
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(out).toMatch(/PLAY RECAP \*+\nh1 {25}: ok=1 {4}changed=0 /);
  });

  test.each([['do_reboot=false'], ['do_reboot=no'], ['{"do_reboot": false}']])(
    'C63: -e %s never counts as true',
    async (vars) => {
      const { out } = await inCase('C63', '-e', vars);
      expect(out).not.toMatch(/^ok: /m);
    },
  );

  test('C63: | bool takes the text as a boolean', async () => {
    const playbook = await write(
      'p.yml',
      '- hosts: all\n  tasks:\n    - {name: b, debug: {msg: ran}, when: do_reboot | bool}\n',
    );
    const { code, out } = await ratchetRun(playbook, '-i', 'h1,', '-e', 'do_reboot=no');
    expect(code).toBe(0);
    expect(under(out, 'b')).toEqual(['skipping: [h1]']);
  });

  test('--output json gives one document', async () => {
    const playbook = await write('p.yml', '- hosts: all\n  tasks:\n    - {name: b, debug: {msg: ran}}\n');
    const { code, out } = await ratchetRun(playbook, '-i', 'h1,h2,', '--output', 'json');
    expect(code).toBe(0);
    const ok = { ok: 1, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0 };
    expect(JSON.parse(out)).toEqual({ run: expect.any(String), hosts: { h1: ok, h2: ok }, exitCode: 0 });
  });

  test('static errors of all playbooks are told together, and nothing runs', async () => {
    const one = await write('one.yml', '- hosts: all\n  tsks: []\n');
    const two = await write('two.yml', '- hosts: all\n  tasks:\n    - debgu: {msg: x}\n');
    const { code, out, err } = await ratchetRun(one, two, '-i', 'h1,');
    expect(code).toBe(4);
    expect(out).toBe('');
    expect(err).toContain('one.yml:2:3');
    expect(err).toContain('two.yml:3:7');
  });

  test('files that are not there end with 1', async () => {
    const playbook = await write('p.yml', '- hosts: all\n  tasks: []\n');
    expect(await ratchetRun(`${folder.path}/none.yml`, '-i', 'h1,')).toMatchObject({ code: 1, out: '' });
    expect(await ratchetRun(playbook, '-i', `${folder.path}/none.yml`)).toMatchObject({ code: 1, out: '' });
  });

  test('no host matched is 0 with a warning, 1 with --strict', async () => {
    const playbook = await write('p.yml', '- hosts: web\n  tasks: []\n');
    expect(await ratchetRun(playbook, '-i', 'h1,')).toMatchObject({ code: 0 });
    expect(await ratchetRun(playbook, '-i', 'h1,', '--strict')).toMatchObject({ code: 1 });
  });

  test('a Windows module on this machine is refused with the name of the host', async () => {
    const playbook = await write(
      'p.yml',
      '- hosts: all\n  connection: local\n  tasks:\n    - registry: {path: "HKLM:\\\\SOFTWARE\\\\X", name: a, data: b}\n',
    );
    const { code, out } = await ratchetRun(playbook, '-i', 'h1,');
    expect(code).toBe(2);
    expect(out).toContain('The host h1 is this machine and not Windows');
  });

  test('become to somebody else is refused before anything runs where the task is sure to run, else where it runs', async () => {
    const head = '- hosts: all\n  connection: local\n  tasks:\n    - {name: first, command: echo}\n';
    const sure = await write('sure.yml', `${head}    - {command: echo, become: true, become_user: no one}\n`);
    const before = await ratchetRun(sure, '-i', 'h1,');
    expect(before).toMatchObject({ code: 4, err: expect.stringContaining('sure.yml:5:23') });
    expect(before.out).not.toContain('TASK');
    const when = await write(
      'when.yml',
      `${head}    - {command: echo, become: true, become_user: no one, when: true}\n`,
    );
    const { code, out } = await ratchetRun(when, '-i', 'h1,');
    expect(code).toBe(2);
    expect(out).toContain('would have to become \\"no one\\"');
  });

  test('throttle holds under strategy free too', async () => {
    const alone = 'shell: mkdir lock && sleep 0.1 && rmdir lock, args: {chdir: "{{ playbook_dir }}"}, throttle: 1';
    const playbook = await write(
      'free.yml',
      `- hosts: all\n  connection: local\n  strategy: free\n  tasks:\n    - {${alone}}\n`,
    );
    expect((await ratchetRun(playbook, '-i', 'h1,h2,h3,')).code).toBe(0);
  });

  test('passwords never come out', async () => {
    const inventory = await write('i.yml', 'all: {hosts: {h1: {ansible_password: hunter22, x: hunter22}}}\n');
    const playbook = await write('p.yml', '- hosts: all\n  tasks:\n    - debug: {msg: "{{ x }}"}\n');
    const { code, out } = await ratchetRun(playbook, '-i', inventory, '-vvv');
    expect(code).toBe(0);
    expect(out).toContain('********');
    expect(out).not.toContain('hunter22');
  });
});
