import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { EmbeddedFaults } from '@ratchet/testbed';
import { type HostForRun, newHostForRun, newRunFolder, type RunFolder } from './test-run.js';

const TASKS = `
    - registry: { path: 'HKLM:\\SOFTWARE\\Mine', name: A, data: 1, type: dword }
    - command: echo hello
    - registry: { path: 'HKLM:\\SOFTWARE\\Mine', name: B, data: 2, type: dword }
`;

let folder: RunFolder;
let target: HostForRun;
let faults: EmbeddedFaults;

beforeEach(async () => {
  folder = await newRunFolder();
  faults = {};
  target = await newHostForRun(folder, {}, { faults });
});

afterEach(async () => {
  await target.host.stop();
  await folder.remove();
});

const play = async (tasks = TASKS, settings = ''): Promise<readonly string[]> => {
  await folder.write('ratchet.yml', settings);
  return [await folder.write('p.yml', `- hosts: all\n  tasks:${tasks}`), '-i', target.inventory];
};

const commands = (part: string): number =>
  target.host.log.filter(({ op, text }) => op === 'exec' && text.includes(part)).length;

/** Cuts the link once, when the first script that holds a text has run. */
const cutOnce = (part: string): void => {
  let done = false;
  faults.cutAfter = (script) => {
    if (done || !script.includes(part)) return false;
    done = true;
    return true;
  };
};

test('a link that is cut after a write is made again; what was written is read, told as changed, and not written twice', async () => {
  cutOnce('reg import');
  const { code, out, err } = await folder.run(await play());
  expect({ code, err: err.replaceAll(/in \d+ s/g, 'in N s') }).toEqual({
    code: 0,
    err: expect.stringContaining('Trying again in N s'),
  });
  expect(out).toMatch(/win1 +: ok=3 +changed=3 +unreachable=0/);
  expect(commands('reg import')).toBe(2);
  const ends = (await folder.journal()).filter(({ type }) => type === 'step_finished');
  expect(ends[0]).toMatchObject({ outcome: 'changed', changes: [{ name: 'A', before: null }] });
});

test('an action whose command was sent is not sent again', async () => {
  cutOnce('echo hello');
  const { code, out } = await folder.run(await play());
  expect(code).toBe(4);
  expect(out).toMatch(/win1 +: ok=1 +changed=1 +unreachable=1/);
  expect(commands('echo hello')).toBe(1);
});

test('a host that is away for a while is waited for, before a read and before a command', async () => {
  cutOnce('reg import');
  let refused = 0;
  faults.refuseConnections = () => commands('reg import') === 1 && refused++ < 2;
  const { code, out } = await folder.run(await play());
  expect(refused).toBeGreaterThan(2);
  expect(code).toBe(0);
  expect(out).toMatch(/win1 +: ok=3 +changed=3 +unreachable=0/);
  expect(commands('echo hello')).toBe(1);
});

test('a host that does not come back is unreachable once the time is over', async () => {
  cutOnce('reg import');
  faults.refuseConnections = () => commands('reg import') > 0;
  const { code, out } = await folder.run(await play(TASKS, 'reconnect_timeout: 2\n'));
  expect(code).toBe(4);
  expect(out).toMatch(/win1 +: ok=0 +changed=0 +unreachable=1/);
});

test('a host that was never reached is not waited for', async () => {
  faults.refuseConnections = () => true;
  const { code, err } = await folder.run(await play());
  expect(code).toBe(4);
  expect(err).not.toContain('Trying again');
});

test('a lock whose giving back was cut off is given back over a fresh connection', async () => {
  let cut = false;
  faults.cutFiles = () => {
    // The last request of the run takes the lock away.
    const last = target.host.log.at(-1)?.text ?? '';
    if (cut || commands('reg import') < 2 || !/^read .*lock\.json$/.test(last)) return undefined;
    cut = true;
    return 'before';
  };
  const { code, err } = await folder.run(await play());
  expect({ code, cut }).toEqual({ code: 0, cut: true });
  expect(err).not.toContain('not given back');
  expect(target.host.files.entry('C:\\ProgramData\\Ratchet\\lock.json')).toBeUndefined();
});

test('a connection that is lost while a handler is struck out stops nobody, and the host is told later', async () => {
  const tasks = `
    - registry: { path: 'HKLM:\\SOFTWARE\\Mine', name: A, data: 1, type: dword }
      notify: [one, two]
  handlers:
    - name: one
      registry: { path: 'HKLM:\\SOFTWARE\\Mine', name: B, data: 1, type: dword }
    - name: two
      registry: { path: 'HKLM:\\SOFTWARE\\Mine', name: C, data: 1, type: dword }
`;
  let cut = false;
  faults.cutFiles = () => {
    if (cut || !target.host.registry.value('HKEY_LOCAL_MACHINE\\SOFTWARE\\Mine', 'B')) return undefined;
    cut = true;
    return 'before';
  };
  const { code, out, err } = await folder.run(await play(tasks));
  expect({ code, cut }).toEqual({ code: 0, cut: true });
  expect(err).toContain('win1: what it is owed cannot be written there now');
  expect(out).toMatch(/win1 +: ok=3 +changed=3 +unreachable=0/);
  expect((await folder.run(await play(tasks))).err).toBe('');
});
