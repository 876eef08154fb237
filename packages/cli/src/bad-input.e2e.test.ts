import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type HostForRun, newHostForRun, newRunFolder, type RunFolder } from './test-run.js';

let folder: RunFolder;
let win1: HostForRun;
beforeEach(async () => {
  folder = await newRunFolder();
  win1 = await newHostForRun(folder);
});
afterEach(async () => {
  await win1.host.stop();
  await folder.remove();
});

const FIRST =
  '- hosts: all\n  tasks:\n    - registry: {path: "HKLM:\\\\SOFTWARE\\\\X", name: a, data: 1, type: dword}\n';

/** Bad text in a second play: the first one would write, so an unchanged host shows that nothing ran. */
const runsNothing = async (bad: string) => {
  const before = win1.registry();
  const playbook = await folder.write('p.yml', FIRST + bad);
  const ended = await folder.run([playbook, '-i', win1.inventory]);
  expect(ended.out).toBe('');
  expect(win1.registry()).toEqual(before);
  expect(win1.host.log).toEqual([]);
  return ended;
};

describe('a playbook that cannot be right is refused before any host is asked', () => {
  test.each([
    [
      'a tab',
      '- hosts: all\n  tasks:\n\t- debug: {msg: x}\n',
      ['A tab is used as indentation', 'p.yml:6:1', '\n    ^', 'Replace the tab by spaces.'],
    ],
    [
      'a duplicate key',
      '- hosts: all\n  hosts: win1\n  tasks: []\n',
      ['duplicate dict key (hosts)', 'p.yml:4:3', 'p.yml:5:3', '\n      hosts: win1\n      ^'],
    ],
    [
      'an unknown module',
      '- hosts: all\n  tasks:\n    - registri: {path: x}\n',
      ['There is no module "registri".', 'p.yml:6:7', '\n          ^', 'Did you mean "registry"?'],
    ],
    [
      'an unknown parameter',
      '- hosts: all\n  tasks:\n    - registry:\n        path: HKLM:\\SOFTWARE\\X\n        nmae: a\n',
      ['registry has no parameter "nmae".', 'p.yml:8:9', '\n            ^', 'Did you mean "name"?'],
    ],
  ])('%s: exit code 4', async (_, text, parts) => {
    const { code, err } = await runsNothing(text);
    expect(code).toBe(4);
    for (const part of parts) expect(err).toContain(part);
    expect(err.match(/ERROR!/g)).toHaveLength(1);
  });

  test('an inventory that does not exist: exit code 1', async () => {
    const playbook = await folder.write('p.yml', FIRST);
    const { code, out, err } = await folder.run([playbook, '-i', `${folder.path}/none.yml`]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('none.yml');
    expect(err.match(/ERROR!/g)).toHaveLength(1);
  });
});

test('a group that does not exist is told with what was meant, once, and exit code 0', async () => {
  const playbook = await folder.write('p.yml', '- hosts: al, win2\n  tasks: []\n');
  const { code, err } = await folder.run([playbook, '-i', win1.inventory]);
  expect(code).toBe(0);
  expect(err).toContain('[WARNING]: Could not match supplied host pattern, ignoring: al (did you mean "all"?)');
  expect(err.match(/ignoring: win2/g)).toHaveLength(1);
  const limited = await folder.run([playbook, '-i', win1.inventory, '-l', 'win9']);
  expect(limited.code).toBe(1);
  expect(limited.err).toContain('ignoring: win9 (did you mean "win1"?)');
  expect(limited.err).toContain('No host of the inventory matches the limit win9.');
});

test('a byte order mark before a playbook is no part of it', async () => {
  const playbook = await folder.write('p.yml', '\ufeff- hosts: all\r\n  tasks:\r\n    - debug: {msg: read}\r\n');
  const { code, out } = await folder.run([playbook, '-i', win1.inventory]);
  expect(out).toContain('"msg": "read"');
  expect(code).toBe(0);
});

test("playbook and inventory in each other's place, and a folder: what was meant is told", async () => {
  const playbook = await folder.write('p.yml', FIRST);
  const asPlaybook = await folder.run([win1.inventory, '-i', win1.inventory]);
  expect(asPlaybook.code).toBe(4);
  expect(asPlaybook.err).toContain('This looks like an inventory');
  const asInventory = await folder.run([playbook, '-i', playbook]);
  expect(asInventory.code).toBe(4);
  expect(asInventory.err).toContain('This looks like a playbook');
  const asFile = await folder.run([folder.path, '-i', win1.inventory]);
  expect(asFile.code).toBe(1);
  expect(asFile.err).toContain(`${folder.path} is a folder, and a file is wanted.`);
});

test('an undefined variable fails the host with its place, and nothing is written: exit code 2', async () => {
  const before = win1.registry();
  const playbook = await folder.write(
    'p.yml',
    '- hosts: all\n  tasks:\n    - registry:\n        path: HKLM:\\SOFTWARE\\X\n        name: a\n        data: "{{ valeu }}"\n',
  );
  const { code, out } = await folder.run([playbook, '-i', win1.inventory]);
  expect(code).toBe(2);
  expect(out).toContain("'valeu' is undefined");
  expect(out).toContain('p.yml:6:19');
  expect(win1.registry()).toEqual(before);
});

test("a run's folder that cannot be made stops the run before any host is asked: exit code as documented", async () => {
  const playbook = await folder.write('p.yml', FIRST);
  // Root may write everywhere, so a file stands where the folder would be.
  await folder.write('.ratchet', '');
  const before = win1.registry();
  const { code, out, err } = await folder.run([playbook, '-i', win1.inventory]);
  expect(code).toBe(1);
  expect(out).toBe('');
  expect(err).toContain('cannot be written');
  expect(err).toContain('no host was changed');
  expect(win1.registry()).toEqual(before);
  expect(win1.host.log).toEqual([]);
});
