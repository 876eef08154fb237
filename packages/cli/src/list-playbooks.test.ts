import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newRunFolder, type RunFolder } from './test-run.js';

let folder: RunFolder;
let playbook: string;
beforeEach(async () => {
  folder = await newRunFolder();
  playbook = await folder.write(
    'p.yml',
    [
      '- hosts: all',
      '  name: first',
      '  connection: local',
      '  tags: [pt]',
      '  tasks:',
      '    - {name: one, debug: {msg: 1}, tags: [b, a]}',
      '    - block:',
      '        - debug: {msg: 2}',
      '      rescue:',
      '        - {name: resc, debug: {msg: 3}}',
      '    - {name: hidden, debug: {msg: 4}, tags: never}',
      '    - {name: last one, debug: {msg: 5}}',
      '',
    ].join('\n'),
  );
});
afterEach(() => folder.remove());

const run = async (...args: readonly string[]): Promise<string> =>
  (await folder.run([playbook, '-i', 'h1,h2,', ...args])).out;

describe('what a run would do, as ansible-playbook lists it', () => {
  test('--list-tasks', async () => {
    expect(await run('--list-tasks')).toBe(
      `\nplaybook: ${playbook}\n\n  play #1 (all): first\tTAGS: [pt]\n    tasks:\n      one\tTAGS: [a, b, pt]\n      debug\tTAGS: [pt]\n      last one\tTAGS: [pt]\n`,
    );
  });

  test('finishes hosts and names with -e, defaults of prompts and play variables', async () => {
    const templated = await folder.write(
      't.yml',
      '- hosts: "{{ which }}"\n  name: "for {{ who }}"\n  vars_prompt: [{name: who, default: me}]\n  tasks: []\n',
    );
    const { out } = await folder.run([templated, '-i', 'h1,h2,', '-e', 'which=h2', '--list-hosts']);
    expect(out).toContain("  play #1 (h2): for me\tTAGS: []\n    pattern: ['h2']\n    hosts (1):\n      h2\n");
    const unknown = await folder.run([templated, '-i', 'h1,', '--list-hosts']);
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('t.yml:1:14') });
  });

  test('knows groups and files of variables; a name that cannot be told stands as it is written', async () => {
    await folder.write('v.yml', 'which: h2\n');
    const templated = await folder.write(
      't.yml',
      '- hosts: "{{ groups.all[0] }},{{ which }}"\n  vars_files: v.yml\n  tasks: []\n- hosts: h1\n  name: "x {{ y }}"\n  tasks: []\n',
    );
    const { out } = await folder.run([templated, '-i', 'h1,h2,', '--list-tags']);
    expect(out).toContain('  play #1 (h1,h2): h1,h2\t');
    expect(out).toContain('  play #2 (h1): x {{ y }}\t');
    expect((await folder.run([templated, '-i', 'h1,h2,', '-e', 'y=1'])).out).toContain('PLAY [x 1] ');
  });

  test('--list-hosts and --list-tags', async () => {
    expect(await run('--list-hosts', '--list-tags', '-l', 'h2', '-t', 'a')).toBe(
      `\nplaybook: ${playbook}\n\n  play #1 (all): first\tTAGS: [pt]\n    pattern: ['all']\n    hosts (1):\n      h2\n      TASK TAGS: [a, b, pt]\n`,
    );
  });

  test('--syntax-check names the playbook alone', async () => {
    expect(await run('--syntax-check')).toBe(`\nplaybook: ${playbook}\n`);
  });

  test('--start-at-task leaves out what stands before, by name or glob', async () => {
    expect(await run('--start-at-task', 'last*')).toMatch(/^\nPLAY \[first\] \*+\n\nTASK \[last one\]/);
    expect(await folder.run([playbook, '-i', 'h1,', '--start-at-task', 'hidden'])).toMatchObject({ code: 2, out: '' });
  });

  test('-c is for hosts and plays that say nothing', async () => {
    const bare = await folder.write(
      'bare.yml',
      '- hosts: all\n  tasks:\n    - {command: echo hi, register: r}\n    - debug: {var: r.stdout}\n',
    );
    const { code, out } = await folder.run([bare, '-i', 'h1,', '-c', 'local']);
    expect(code).toBe(0);
    expect(out).toContain('"r.stdout": "hi"');
  });
});
