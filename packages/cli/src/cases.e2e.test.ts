import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { caseFile, newRunFolder, type RunFolder, under } from './test-run.js';

let folder: RunFolder;
beforeEach(async () => {
  folder = await newRunFolder();
});
afterEach(() => folder.remove());

const inCase = (name: string, playbook = 'playbook.yml', ...more: readonly string[]) =>
  folder.run([caseFile(name, playbook), '-i', caseFile(name, 'inventory.yml'), ...more]);

test('C61: variables in a circle are told as a chain, also through default(), and only where they are used', async () => {
  const { code, out } = await inCase('C61');
  expect(code).toBe(0);
  expect(out).toContain('"msg": "fine"');
  expect(out).toContain('"msg": "The variables refer to each other in a circle: a > b > a."');
  expect(out).toContain('"msg": "The variables refer to each other in a circle: same > same."');
  expect(out).toMatch(/ok=4 .* failed=0 .* ignored=2/);
});

test('C62: a loop guarded by when is skipped; a misspelt name is told with its line', async () => {
  const { code, out } = await inCase('C62');
  expect(code).toBe(0);
  expect(out).toContain("'kb_lst' is undefined");
  expect(out).toContain('C62/playbook.yml:14:24');
  expect(out).toMatch(/ok=1 .* skipped=3 .* ignored=1/);
});

test('C66: the handler runs on the hosts that did not fail', async () => {
  const { code, out } = await inCase('C66');
  expect(code).toBe(2);
  const handled = out.split('RUNNING HANDLER [restart host]')[1] ?? '';
  expect(handled.match(/^ok: \[h\d\]/gm)).toEqual(['ok: [h1]', 'ok: [h3]']);
});

test('C67: an ignored error notifies only when its result is changed; failed_when: false with a change notifies', async () => {
  const playbook = await folder.write(
    'p.yml',
    [
      '- hosts: all',
      '  gather_facts: false',
      '  force_handlers: true',
      '  tasks:',
      '    - {name: ignored, command: /bin/false, ignore_errors: true, notify: ignored one}',
      '    - {name: ignored unchanged, command: /bin/false, ignore_errors: true, changed_when: false, notify: unchanged one}',
      '    - {name: not failed, command: /bin/false, failed_when: false, notify: not failed one}',
      '  handlers:',
      '    - {name: ignored one, debug: {msg: x}}',
      '    - {name: unchanged one, debug: {msg: x}}',
      '    - {name: not failed one, debug: {msg: x}}',
      '',
    ].join('\n'),
  );
  const inventory = await folder.write('i.yml', 'all: {hosts: {h1: {ansible_connection: local}}}\n');
  const { code, out } = await folder.run([playbook, '-i', inventory]);
  expect(code).toBe(0);
  expect(out.match(/RUNNING HANDLER \[[^\]]*\]/g)).toEqual(['RUNNING HANDLER [not failed one]']);
});

test('C28: a command that is given up may still run, so that it is not begun again beside itself', async () => {
  const began = `${folder.path}/began`;
  const playbook = await folder.write(
    'p.yml',
    [
      '- hosts: all',
      '  gather_facts: false',
      '  tasks:',
      `    - command: sh -c "echo x >> ${began}; sleep 3"`,
      '      timeout: 1',
      '      register: r',
      '      until: r is success',
      '      retries: 2',
      '      delay: 0',
      '',
    ].join('\n'),
  );
  const inventory = await folder.write('i.yml', 'all: {hosts: {h1: {ansible_connection: local}}}\n');
  const { code, out } = await folder.run([playbook, '-i', inventory]);
  expect(code).toBe(2);
  expect(out).toContain('may still be running');
  expect(await readFile(began, 'utf8')).toBe('x\n');
});

test('C67: a failed task does not notify, even with force_handlers', async () => {
  const { code, out } = await inCase('C67');
  expect(code).toBe(2);
  expect(out).not.toContain('must not run');
});

test('C68: each notified handler runs once, in the order in which handlers are defined', async () => {
  const { code, out } = await inCase('C68');
  expect(code).toBe(0);
  expect(out.match(/RUNNING HANDLER \[[^\]]*\]/g)).toEqual(
    ['once', 'restart sshd', 'l1', 'l2'].map((name) => `RUNNING HANDLER [${name}]`),
  );
});

test('C68: an unknown handler is refused before any task runs', async () => {
  const { code, out, err } = await inCase('C68', 'playbook-unknown.yml');
  expect({ code, out }).toEqual({ code: 4, out: '' });
  expect(err).toContain('The task "t1" notifies "restart hosst"');
  expect(err).toContain('playbook-unknown.yml:4:63');
  expect(err).toContain('Did you mean "restart host"?');
});

test('C69: one changed item changes the task once and notifies once', async () => {
  const { code, out } = await inCase('C69');
  expect(code).toBe(0);
  expect(under(out, 'four items').filter((line) => line.startsWith('changed:'))).toEqual([
    'changed: [h1] => (item=3) => {',
  ]);
  expect(out.match(/"msg": "once"/g)).toHaveLength(1);
  expect(out).toMatch(/ok=3 +changed=1 /);
});

test('an until that cannot be evaluated fails its host with the place, and the run goes on to the recap', async () => {
  const playbook = await folder.write(
    'p.yml',
    '- hosts: all\n  tasks:\n    - debug: {msg: x}\n      until: nix == 1\n      retries: 1\n      delay: 0\n',
  );
  const { code, out, err } = await folder.run([playbook, '-i', 'h1,']);
  expect({ code, err }).toEqual({ code: 2, err: '' });
  expect(out).toContain("'nix' is undefined");
  expect(out).toContain('p.yml:4:14');
  expect(out).toMatch(/failed=1 /);
});
