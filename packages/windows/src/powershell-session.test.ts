import { expect, jest, test } from '@jest/globals';
import { type Connection, type ExecOptions, type ExecResult, RatchetError } from '@ratchet/core';
import { windowsHost } from './windows-host.js';

const FOUR_HOURS = 4 * 3_600_000;

/** A host whose PowerShell takes tasks and answers none; the test decides how its process ends. */
const silentPowerShell = () => {
  const started: { readonly cut: (error: RatchetError) => void; readonly lines: string[] }[] = [];
  const exec = (_command: string, options: ExecOptions = {}): Promise<ExecResult> =>
    new Promise((resolve, reject) => {
      const lines: string[] = [];
      const end = () => resolve({ code: 1, stdout: new Uint8Array(), stderr: new Uint8Array() });
      started.push({ cut: reject, lines });
      options.signal?.addEventListener('abort', end);
      options.talk?.({
        write: (text) => {
          lines.push(String(text));
          if (lines.length > 1) return;
          const agent = Buffer.from(String(text), 'base64').toString('utf8');
          const token = /RATCHET-[0-9a-f]{12}/.exec(agent)?.[0] ?? '';
          setImmediate(() => {
            options.onOutput?.('stderr', Buffer.from(`${token} 0\n`));
            options.onOutput?.('stdout', Buffer.from(`${token} 0 ready 0\n`));
          });
        },
        end,
      });
    });
  return { host: windowsHost({ host: 'win1', kind: 'ssh', exec } as unknown as Connection), started };
};

const taskSent = async (lines: () => readonly string[] | undefined): Promise<void> => {
  while ((lines()?.length ?? 0) < 2) await new Promise((resolve) => setImmediate(resolve));
};

test('a connection that breaks in the middle of a script is what the script answers; the next one gets a new process', async () => {
  const { host, started } = silentPowerShell();
  const first = host.powershell('Start-Sleep 9').catch((error: unknown) => error);
  await taskSent(() => started[0]?.lines);
  started[0]?.cut(new RatchetError('unreachable', 'The connection broke.'));
  expect(await first).toMatchObject({ code: 'unreachable' });
  void host.powershell('1').catch(() => undefined);
  await taskSent(() => started[1]?.lines);
  expect(started).toHaveLength(2);
  await host.endSessions();
});

test('a script has the deadline of every command of the user when none is given', async () => {
  const { host, started } = silentPowerShell();
  const timers = jest.spyOn(globalThis, 'setTimeout');
  const running = host.powershell('while ($true) { }').catch((error: unknown) => error);
  await taskSent(() => started[0]?.lines);
  expect(timers.mock.calls.map(([, ms]) => ms)).toContain(FOUR_HOURS);
  timers.mockRestore();
  await host.endSessions();
  await running;
});
