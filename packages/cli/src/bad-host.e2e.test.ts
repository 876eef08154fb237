import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { EmbeddedFaults } from '@ratchet/testbed';
import { type HostForRun, newHostForRun, newRunFolder, type RunFolder, type RunOutcome } from './test-run.js';

const X = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\X';
const WRITE =
  '- hosts: all\n  tasks:\n    - name: set\n      registry: {path: "HKLM:\\\\SOFTWARE\\\\X", name: a, data: 1, type: dword}\n';

let folder: RunFolder;
let win1: HostForRun | undefined;
beforeEach(async () => {
  folder = await newRunFolder();
});
afterEach(async () => {
  await win1?.host.stop();
  win1 = undefined;
  await folder.remove();
});

const start = async (
  faults: EmbeddedFaults = {},
  vars: Readonly<Record<string, string | number>> = {},
): Promise<HostForRun> => {
  win1 = await newHostForRun(folder, vars, { faults });
  return win1;
};

/** Runs a playbook that writes one value, and holds that the host's registry stays as it was. */
const writesNothing = async (host: HostForRun, ...more: readonly string[]): Promise<RunOutcome> => {
  const before = host.registry();
  const playbook = await folder.write('p.yml', WRITE);
  const ended = await folder.run([playbook, '-i', host.inventory, ...more]);
  expect(host.registry()).toEqual(before);
  expect(ended.err).toBe('');
  expect(ended.out.match(/fatal:/g)).toHaveLength(1);
  return ended;
};

test('a port where nothing listens: unreachable, exit code 4', async () => {
  const host = await start();
  await host.host.stop();
  const { code, out } = await writesNothing(host);
  expect(code).toBe(4);
  expect(out).toContain(`fatal: [win1]: UNREACHABLE! => {"changed": false, "msg": "127.0.0.1:${host.host.port}`);
  expect(out).toContain('unreachable=1    failed=0');
});

test('connections closed at once: unreachable, exit code 4', async () => {
  const { code, out } = await writesNothing(await start({ refuseConnections: () => true }));
  expect(code).toBe(4);
  expect(out).toContain('cannot be reached');
});

test('a host that hangs after accepting ends at the timeout: exit code 4', async () => {
  const { code, out } = await writesNothing(await start({ hangAfterAccept: () => true }), '--timeout', '1');
  expect(code).toBe(4);
  expect(out).toContain('UNREACHABLE!');
});

test('Ctrl-C while a host hangs does not wait for its timeout: exit code 99', async () => {
  const controller = new AbortController();
  const host = await start({
    hangAfterAccept: () => {
      setTimeout(() => controller.abort(), 50);
      return true;
    },
  });
  const playbook = await folder.write('p.yml', WRITE);
  const { code, out } = await folder.run([playbook, '-i', host.inventory, '--timeout', '60'], {
    signal: controller.signal,
  });
  expect(code).toBe(99);
  expect(out).not.toContain('fatal:');
});

test('ansible_ssh_timeout is the time to connect in, too', async () => {
  const { code } = await writesNothing(await start({ hangAfterAccept: () => true }, { ansible_ssh_timeout: 1 }));
  expect(code).toBe(4);
});

test('a wrong password: exit code 4, and it is not shown', async () => {
  const { code, out } = await writesNothing(await start({}, { ansible_password: 'wrong-donkey-3' }));
  expect(code).toBe(4);
  expect(out).toContain('refused the login of admin (tried: password');
  expect(out).not.toContain('wrong-donkey-3');
});

test('a changed host key: both fingerprints, and where the known one stands: exit code 4', async () => {
  const host = await start();
  await host.host.changeHostKey();
  const { code, out } = await writesNothing(host);
  expect(code).toBe(4);
  expect(out).toContain(`The host key of [127.0.0.1]:${host.host.port} has changed`);
  const prints = out.match(/SHA256:[A-Za-z0-9+/]{43}/g) ?? [];
  expect(new Set(prints).size).toBe(2);
  expect(out).toContain('known_hosts, line 1');
});

test.each(['winrm', 'psrp'])('ansible_connection: %s says what to write instead: exit code 2', async (kind) => {
  const { code, out } = await writesNothing(await start({}, { ansible_connection: kind }));
  expect(code).toBe(2);
  expect(out).toContain(`ansible_connection: ${kind} is not supported.`);
  expect(out).toContain('hint: Write ansible_connection: ssh');
});

test('a key that may not be written fails the step and is named with the value: exit code 2', async () => {
  const denied = (path: string, access: 'read' | 'write') =>
    access === 'write' && path.toUpperCase() === X.toUpperCase();
  const { code, out } = await writesNothing(await start({ denied }));
  expect(code).toBe(2);
  expect(out).toContain('The value a of the registry key HKEY_LOCAL_MACHINE\\\\SOFTWARE\\\\X cannot be written');
  expect(out).toMatch(/\n {2}at .*p\.yml:\d+:\d+\n {4} +- name: set\n {4} +\^\n/);
  expect((await folder.journal()).find(({ type }) => type === 'task_finished')).toMatchObject({
    failure: { code: 'access-denied' },
  });
});

test('a session that is not elevated is told as such, with what to do: exit code 2', async () => {
  const { code, out } = await writesNothing(
    await start({ notElevated: () => true, denied: (_, access) => access === 'write' }),
  );
  expect(code).toBe(2);
  expect(out).toContain('The session is not elevated');
  expect(out).toContain('LocalAccountTokenFilterPolicy');
});

test('a value that another tool writes back did not stick: exit code 2', async () => {
  const host = await start({ afterChange: (registry) => registry.set(X, 'a', { type: 'REG_DWORD', number: 5 }) });
  const playbook = await folder.write('p.yml', WRITE);
  const { code, out } = await folder.run([playbook, '-i', host.inventory]);
  expect(code).toBe(2);
  expect(out).toContain('"msg": "What was written is not there: HKEY_LOCAL_MACHINE\\\\SOFTWARE\\\\X a: ');
  expect(out).not.toContain('data_changed');
});

test('Ctrl-C in the middle of a step: exit code 99, the step stays undecided in a journal that can be read', async () => {
  const controller = new AbortController();
  const host = await start({
    cut: ({ index }) => {
      // The second command is the import.
      if (index === 1) controller.abort();
      return undefined;
    },
  });
  const playbook = await folder.write('p.yml', `${WRITE}    - {name: after, debug: {msg: x}}\n`);
  const { code, out, err } = await folder.run([playbook, '-i', host.inventory], { signal: controller.signal });
  expect(code).toBe(99);
  expect(err).toContain('ERROR! The run was interrupted.');
  expect(err).toContain('Go on with "ratchet resume"');
  expect(out).not.toContain('fatal:');
  expect(out).not.toContain('TASK [after]');
  const types = (await folder.journal()).map((event) => event.type);
  expect(types).toContain('step_applying');
  expect(types).not.toContain('step_finished');
  expect(types.at(-1)).toBe('run_finished');
  expect(host.host.files.entry('C:\\ProgramData\\Ratchet\\lock.json')).toBeUndefined();
});

test('Ctrl-C while many hosts are worked on: no further host is begun, exit code 99', async () => {
  const controller = new AbortController();
  let asked = 0;
  const host = await start({
    cut: () => {
      asked += 1;
      if (asked === 2) controller.abort();
      return undefined;
    },
  });
  const all = JSON.parse(await readFile(host.inventory, 'utf8')).all.hosts.win1;
  const hosts = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, all]));
  const inventory = await folder.write('many.yml', JSON.stringify({ all: { hosts } }));
  const playbook = await folder.write('p.yml', WRITE);
  const { code, out } = await folder.run([playbook, '-i', inventory, '-f', '2'], { signal: controller.signal });
  expect(code).toBe(99);
  expect(out).not.toContain('fatal:');
  const events = await folder.journal();
  expect(new Set(events.filter(({ type }) => type === 'step_started').map((event) => event['host'])).size).toBeLessThan(
    5,
  );
});

test('a key that may not be read fails the step and names the key: exit code 2', async () => {
  const host = await start({ denied: (path) => path.toUpperCase() === X.toUpperCase() });
  host.host.registry.set(X, 'b', { type: 'REG_SZ', text: 'there' });
  const { code, out } = await writesNothing(host);
  expect(code).toBe(2);
  expect(out).toContain('cannot be read');
  expect(out).toContain('HKEY_LOCAL_MACHINE\\\\SOFTWARE\\\\X');
});

test('Ctrl-C during a long command on this machine does not wait for it: exit code 99', async () => {
  const controller = new AbortController();
  const playbook = await folder.write('p.yml', '- hosts: all\n  tasks:\n    - command: sleep 60\n');
  setTimeout(() => controller.abort(), 300);
  const inventory = await folder.write('i.yml', 'all: {hosts: {h1: {ansible_connection: local}}}\n');
  const { code, err } = await folder.run([playbook, '-i', inventory], { signal: controller.signal });
  expect(code).toBe(99);
  expect(err).toContain('The run was interrupted.');
});
