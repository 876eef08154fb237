import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { EmbeddedFaults } from '@ratchet/testbed';
import { controller } from './crash/controller.js';
import { type HostForRun, newHostForRun, newRunFolder, type RunFolder } from './test-run.js';

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

const REBOOT = '    - reboot: {reboot_timeout: 20}\n';

const run = async (
  tasks: string,
  options: Parameters<typeof newHostForRun>[2] = {},
): Promise<{ readonly code: number; readonly out: string; readonly err: string; readonly reboots: number }> => {
  win1 = await newHostForRun(folder, {}, { downMs: 100, secondMs: 20, ...options });
  const playbook = await folder.write('p.yml', `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`);
  const ended = await folder.run([playbook, '-i', win1.inventory]);
  return { ...ended, reboots: win1.host.reboots };
};

test.each([
  ['boot-id', ['boot-id']],
  ['the start event', ['events']],
  ['LastBootUpTime', ['wmic']],
  ['BootId without wmic (C31)', ['boot-id', 'events']],
] as const)('a restart is told by %s alone', async (_name, bootSources) => {
  expect(await run(REBOOT, { bootSources })).toMatchObject({ code: 0, reboots: 1 });
});

test('a host of which nothing tells its boots apart is not restarted', async () => {
  const { code, out, reboots } = await run(REBOOT, { bootSources: [] });
  expect({ code, reboots }).toEqual({ code: 2, reboots: 0 });
  expect(out).toContain('boot_time_command');
});

/** `shutdown` ends with these codes, one after the other, then works. */
const answering = (...codes: readonly number[]): EmbeddedFaults => {
  const left = [...codes];
  return { shutdown: (text) => (text.startsWith('/r') ? left.shift() : undefined) };
};

test.each([
  [1190, 1],
  [1191, 1],
])('shutdown answers %d once: the host is restarted once', async (code, reboots) => {
  expect(await run(REBOOT, { faults: answering(code) })).toMatchObject({ code: 0, reboots });
});

test.each([5, 1314])('shutdown answers %d: not elevated, and nothing is waited for', async (code) => {
  const ended = await run(REBOOT, { faults: answering(code) });
  expect(ended).toMatchObject({ code: 2, reboots: 0 });
  expect(ended.out).toContain(`code ${code}`);
});

test.each(['before', 'after'] as const)(
  'a connection that dies %s shutdown is no failure, and the host is restarted once',
  async (when) => {
    const faults: EmbeddedFaults = {};
    let cut = false;
    // On an embedded host the script comes after the command; the fourth is the one with shutdown.
    faults.cut = ({ index }) => {
      if (cut || index !== 3) return undefined;
      cut = true;
      return when;
    };
    expect(await run(REBOOT, { faults })).toMatchObject({ code: 0, reboots: 1 });
    const asked = win1?.host.log.filter(({ text }) => text.includes('shutdown /r')).length;
    expect({ cut, asked }).toEqual({ cut: true, asked: 1 });
  },
);

test('a fourth restart of one run is refused, and max_per_run lets it be made', async () => {
  const refused = await run(REBOOT.repeat(4));
  expect(refused).toMatchObject({ code: 2, reboots: 3 });
  expect(refused.out).toContain('set max_per_run: 4');
});

test('a controller that was killed while the host is down: resume waits for the host, which restarts once', async () => {
  const faults: EmbeddedFaults = {};
  win1 = await newHostForRun(folder, {}, { downMs: 100, secondMs: 20, faults });
  const value = "    - registry: {path: 'HKLM:\\SOFTWARE\\X', name: a, data: 1, type: dword}\n";
  await folder.write('p.yml', `- hosts: all\n  gather_facts: false\n  tasks:\n${value}${REBOOT}${value}`);
  const asked = (): number => win1?.host.log.filter(({ text }) => text.includes('shutdown /r')).length ?? 0;
  // Killed when shutdown, the fifth command, has answered.
  const killed = await controller(folder.path, ['run', 'p.yml', '-i', win1.inventory], {
    RATCHET_CRASH_AT: 'exec:5:after',
  });
  expect(killed.killed).toBe(true);
  expect((await folder.journal()).at(-1)).toMatchObject({ type: 'step_applying', changes: [{ kind: 'reboot' }] });
  expect(asked()).toBe(1);
  let attempts = 0;
  faults.refuseConnections = () => {
    attempts += 1;
    return attempts <= 2;
  };
  const resumed = await controller(folder.path, ['resume']);
  expect(resumed.out).not.toContain('UNREACHABLE');
  expect(resumed.code).toBe(0);
  expect(attempts).toBeGreaterThan(2);
  expect({ asked: asked(), reboots: win1.host.reboots }).toEqual({ asked: 1, reboots: 1 });
  expect(win1.host.files.entry('C:\\ProgramData\\Ratchet\\lock.json')).toBeUndefined();
});
