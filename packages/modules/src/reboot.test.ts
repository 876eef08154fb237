import { describe, expect, test } from '@jest/globals';
import type { ApplyContext, BootMarker, CommandOutput, ResourceModule } from '@ratchet/core';
import { RatchetError, sameBoot } from '@ratchet/core';
import { FakeHost } from './fake-host.js';
import { reboot } from './reboot.js';
import { dword, fakeContext, runTask } from './task.js';

const module = reboot as ResourceModule;
const SSHD = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\sshd';

type Answer = { readonly marker: BootMarker } | 'refused';
interface Moment {
  /** Seconds after the restart was asked for. */
  readonly t: number;
  readonly answer: Answer;
}

const boot = (bootId: number): Answer => ({ marker: { bootId, bootTime: null } });
const filetime = (bootTime: string): Answer => ({ marker: { bootId: null, bootTime } });

interface Scene {
  readonly before: Answer;
  readonly timeline: readonly Moment[];
  readonly context: ReturnType<typeof fakeContext>;
  readonly shutdown?: (command: string) => Promise<CommandOutput> | CommandOutput;
}

/** A host that answers by a timeline of the fake clock, from the moment at which `shutdown` is run. */
const hostOf = ({ before, timeline, context, shutdown }: Scene): FakeHost => {
  let asked: number | null = null;
  const gave: CommandOutput = { rc: 0, stdout: '', stderr: '' };
  const host = new FakeHost({
    command: (command) => {
      if (!command.startsWith('shutdown /r')) return gave;
      asked ??= context.now();
      return shutdown?.(command) ?? gave;
    },
    bootMarker: async () => {
      const passed = asked === null ? -1 : (context.now() - asked) / 1000;
      const answer = timeline.filter(({ t }) => t <= passed).at(-1)?.answer ?? before;
      if (answer === 'refused') throw new RatchetError('unreachable', 'connection refused');
      return answer.marker;
    },
  });
  host.put({ op: 'set', path: SSHD, name: 'Start', data: dword(2) });
  return host;
};

const scene = (
  timeline: readonly Moment[],
  given: Partial<Omit<Scene, 'timeline'>> & { readonly more?: Partial<ApplyContext> } = {},
): { readonly host: FakeHost; readonly context: ApplyContext } => {
  const context = fakeContext(given.more);
  return { host: hostOf({ before: boot(1), context, ...given, timeline }), context };
};

describe('cases', () => {
  test('C34: a boot time that wobbles is the same boot', async () => {
    const { host, context } = scene(
      [
        { t: 3, answer: filetime('133495308674990011') },
        { t: 6, answer: filetime('133495308674921000') },
        { t: 12, answer: 'refused' },
        { t: 80, answer: filetime('133495999990000000') },
      ],
      { before: filetime('133495308674942370') },
    );
    const end = await runTask(module, { reboot_timeout: 300 }, host, context);
    expect(end).toMatchObject({ changed: true, result: { rebooted: true } });
    expect(context.now()).toBeGreaterThanOrEqual(80_000);
  });

  test('C35: a fresh connection for each attempt', async () => {
    const { host, context } = scene([
      { t: 1, answer: 'refused' },
      { t: 45, answer: boot(2) },
    ]);
    expect(await runTask(module, {}, host, context)).toMatchObject({ changed: true });
    expect(host.resets).toBe(25);
    expect(host.commands.filter((command) => command.startsWith('shutdown'))).toHaveLength(1);
  });

  test('C36: a silent channel is given up, then the host is waited for', async () => {
    const silent = async (): Promise<CommandOutput> => {
      throw new RatchetError('timeout', 'no answer');
    };
    const back = scene([{ t: 60, answer: boot(2) }], { shutdown: silent });
    expect(await runTask(module, { reboot_timeout: 300 }, back.host, back.context)).toMatchObject({ changed: true });
    // Asked again while it answers in the old boot: nobody knows whether it was run.
    expect(back.host.runOptions).toMatchObject(Array.from({ length: 3 }, () => ({ timeoutMs: 20_000 })));
    const gone = scene([{ t: 0, answer: 'refused' }], { shutdown: silent });
    await expect(runTask(module, { reboot_timeout: 300 }, gone.host, gone.context)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('reboot_timeout (300 s)'),
    });
  });

  test('C39: a second restart within the settling time is waited for', async () => {
    const { host, context } = scene([
      { t: 5, answer: 'refused' },
      { t: 60, answer: boot(2) },
      { t: 75, answer: 'refused' },
      { t: 140, answer: boot(3) },
    ]);
    const end = await runTask(module, { reboot_timeout: 600, post_reboot_delay: 20 }, host, context);
    expect(end).toMatchObject({ changed: true });
    expect(context.now()).toBeGreaterThanOrEqual(160_000);
    expect(context.now()).toBeLessThan(200_000);
  });
});

describe('when', () => {
  test('owed: only then, and without asking the host', async () => {
    const { host, context } = scene([]);
    expect(await runTask(module, { when: 'owed' }, host, context)).toMatchObject({
      changed: false,
      result: { rebooted: false },
    });
    expect(host.queries).toEqual([]);
    const owing = scene([{ t: 10, answer: boot(2) }], { more: { restartOwed: true } });
    expect(await runTask(module, { when: 'owed' }, owing.host, owing.context)).toMatchObject({ changed: true });
  });

  test('pending: by the signs of Windows', async () => {
    const { host, context } = scene([{ t: 10, answer: boot(2) }]);
    expect(await runTask(module, { when: 'pending' }, host, context)).toMatchObject({ changed: false });
    const path =
      'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending';
    host.put({ op: 'create-key', path });
    const end = await runTask(module, { when: 'pending' }, host, context);
    expect(end.changes).toMatchObject([{ kind: 'reboot', reason: expect.stringContaining('servicing') }]);
  });

  test('pending: renamed files alone are no reason, whatever else is low; with another sign they are told', async () => {
    const { host, context } = scene([{ t: 10, answer: boot(2) }]);
    const manager = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager';
    const items = ['\\??\\C:\\tmp\\x', ''];
    for (const name of ['PendingFileRenameOperations', 'PendingFileRenameOperations2'])
      host.put({ op: 'set', path: manager, name, data: { type: 'REG_MULTI_SZ', items } });
    const low = [{ name: 'file renames', trust: 'low' }];
    expect(await runTask(module, { when: 'pending' }, host, context)).toMatchObject({
      changed: false,
      result: { rebooted: false, pending: low },
    });
    expect(host.commands).toEqual([]);
    const updates = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Updates';
    host.put({ op: 'set', path: updates, name: 'UpdateExeVolatile', data: dword(0) });
    expect(await runTask(module, { when: 'pending' }, host, context)).toMatchObject({ changed: false });
    host.put({ op: 'set', path: updates, name: 'UpdateExeVolatile', data: dword(1) });
    expect(await runTask(module, { when: 'pending' }, host, context)).toMatchObject({
      changed: true,
      result: { pending: [{ name: 'update.exe', trust: 'medium' }, ...low] },
    });
  });

  test.each([
    ['SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootInProgress', ''],
    ['SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\PackagesPending', ''],
    ['SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired', ''],
    ['SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\PostRebootReporting', ''],
    ['SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Services\\Pending\\{117cab2d}', ''],
    ['SYSTEM\\CurrentControlSet\\Services\\Netlogon', 'JoinDomain'],
    ['SYSTEM\\CurrentControlSet\\Services\\Netlogon', 'AvoidSpnSet'],
    ['SOFTWARE\\Microsoft\\ServerManager', 'CurrentRebootAttempts'],
    ['SOFTWARE\\Microsoft\\ServerManager\\ServicingStorage\\ServerComponentCache', 'RestartRequired'],
  ])('pending: %s %s', async (key, name) => {
    const { host, context } = scene([{ t: 10, answer: boot(2) }]);
    const path = `HKEY_LOCAL_MACHINE\\${key}`;
    host.put(name === '' ? { op: 'create-key', path } : { op: 'set', path, name, data: dword(1) });
    expect(await runTask(module, { when: 'pending' }, host, context)).toMatchObject({ changed: true });
  });

  test('check mode restarts nothing', async () => {
    const { host, context } = scene([], { more: { checkMode: true } });
    expect(await runTask(module, {}, host, context)).toMatchObject({ changed: true });
    expect(host.commands).toEqual([]);
  });
});

describe('shutdown', () => {
  const coded = (codes: number[]) => async (): Promise<CommandOutput> => ({
    rc: codes.shift() ?? 0,
    stdout: '',
    stderr: '',
  });
  const answers = [{ t: 10, answer: boot(2) }];

  test.each([
    [[1115], ['shutdown /r /t 2 /c "a b"']],
    [
      [1190, 0],
      ['shutdown /r /t 2 /c "a b"', 'shutdown /a', 'shutdown /r /t 2 /c "a b"'],
    ],
    [
      [1191, 0],
      ['shutdown /r /t 2 /c "a b"', 'shutdown /r /t 2 /c "a b" /f'],
    ],
  ])('codes %j', async (codes, commands) => {
    const { host, context } = scene(answers, { shutdown: coded([...codes]) });
    expect(await runTask(module, { msg: 'a"b', pre_reboot_delay_sec: 0 }, host, context)).toMatchObject({
      changed: true,
    });
    expect(host.commands).toEqual(commands);
  });

  test.each([
    ['was run: the host answers in the old boot, then 1190, and that restart is the one', 1190],
    ['was not run: it is now', 0],
  ])('whose connection was lost and which %s', async (_what, code) => {
    let times = 0;
    const shutdown = (): CommandOutput => {
      times += 1;
      if (times === 1) throw new RatchetError('unreachable', 'lost', { details: { lost: true } });
      return { rc: code, stdout: '', stderr: '' };
    };
    const { host, context } = scene([{ t: 40, answer: boot(2) }], { shutdown });
    expect(await runTask(module, {}, host, context)).toMatchObject({ changed: true });
    expect(host.commands).toHaveLength(2);
  });

  test.each([
    [5, 'not-elevated'],
    [1314, 'not-elevated'],
    [87, 'command-failed'],
  ])('code %d is %s', async (code, reason) => {
    const { host, context } = scene(answers, { shutdown: coded([code]) });
    await expect(runTask(module, {}, host, context)).rejects.toMatchObject({ code: reason });
  });
});

test('a host whose sshd does not start by itself is not restarted, unless told so', async () => {
  const { host, context } = scene([{ t: 10, answer: boot(2) }]);
  host.put({ op: 'set', path: SSHD, name: 'Start', data: dword(3) });
  await expect(runTask(module, {}, host, context)).rejects.toMatchObject({
    code: 'guard-refused',
    hint: expect.stringContaining('allow_manual_sshd: true'),
  });
  expect(host.commands).toEqual([]);
  expect(await runTask(module, { allow_manual_sshd: true }, host, context)).toMatchObject({ changed: true });
});

test('a run restarts a host no more than max_per_run times', async () => {
  const after = async (restartsDone: number, parameters: Readonly<Record<string, unknown>> = {}) => {
    const { host, context } = scene([{ t: 10, answer: boot(2) }], { more: { restartsDone } });
    return runTask(module, parameters, host, context);
  };
  expect(await after(2)).toMatchObject({ changed: true });
  expect(await after(3)).toMatchObject({ failed: true, override: 'max_per_run' });
  expect(await after(3, { max_per_run: 4 })).toMatchObject({ changed: true });
  expect(await after(1, { max_per_run: 1 })).toMatchObject({ failed: true });
});

describe('the boot', () => {
  const marker = (
    bootId: number | null,
    bootEvent: string | null = null,
    bootTime: string | null = null,
  ): BootMarker => ({
    bootId,
    bootEvent,
    bootTime,
  });
  test.each<[string, BootMarker, BootMarker, boolean]>([
    ['another id', marker(1), marker(2), false],
    ['an id that Windows did not raise, another start event', marker(1, '6005/7'), marker(1, '6005/90'), false],
    ['another id, the event not logged yet', marker(1, '6005/7'), marker(2, '6005/7'), false],
    ['events of different numbers are not compared', marker(1, '6005/7'), marker(1, '12/90'), true],
    ['the id gone, the event the same', marker(1, '6005/7'), marker(null, '6005/7'), true],
    ['an id and a clock that was set', marker(1, null, '1'), marker(1, null, '99999999999'), true],
    ['a time that moved', marker(null, null, '1'), marker(null, null, '99999999999'), false],
    ['a time that wobbled', marker(null, null, '1'), marker(null, null, '50000000'), true],
    ['nothing to compare', marker(null), marker(5), true],
  ])('%s', (_name, a, b, same) => {
    expect(sameBoot(a, b)).toBe(same);
    expect(sameBoot(b, a)).toBe(same);
  });
});

test('a host that answers and never restarts is told apart', async () => {
  const { host, context } = scene([]);
  await expect(runTask(module, { reboot_timeout: 60 }, host, context)).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringContaining('did not restart'),
  });
});

test('boot_time_command tells the boots apart, test_command says when it is back', async () => {
  const context = fakeContext();
  const host = new FakeHost({
    command: (command) => {
      if (command === 'boot') return { rc: 0, stdout: context.now() < 30_000 ? 'one\r\n' : 'two\r\n', stderr: '' };
      return { rc: command === 'ready' && context.now() < 60_000 ? 1 : 0, stdout: '', stderr: '' };
    },
  });
  const end = await runTask(module, { boot_time_command: 'boot', test_command: 'ready' }, host, context);
  expect(end).toMatchObject({ changed: true });
  expect(context.now()).toBe(60_000);
});

test('Ctrl-C ends the wait', async () => {
  const { host, context } = scene([], { more: { signal: AbortSignal.abort() } });
  await expect(runTask(module, {}, host, context)).rejects.toMatchObject({ code: 'interrupted' });
});

test('a restart of an interrupted run that takes the host down just before it is asked for again is the one', async () => {
  const gone = (): CommandOutput => {
    throw new RatchetError('unreachable', 'connection refused', { details: { notSent: true } });
  };
  const { host, context } = scene(
    [
      { t: 0, answer: 'refused' },
      { t: 30, answer: boot(2) },
    ],
    { shutdown: gone },
  );
  const marker: BootMarker = { bootId: 1, bootTime: null };
  const left = {
    kind: 'reboot',
    reason: 'owed',
    evidence: { marker, text: null },
    restart: false,
    continued: true,
  } as const;
  await module.apply?.([left], host, context, module.params.parse({}));
  expect(context.now()).toBeGreaterThanOrEqual(30_000);
  expect(await host.bootMarker()).toEqual({ bootId: 2, bootTime: null });
});
