import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { HostWriter } from '@ratchet/core';
import { powershellLack, type Testbed, upHosts } from '@ratchet/testbed';
import { connect, settingsFromVars } from '@ratchet/transport';
import { windowsHost } from '@ratchet/windows';

const lack = process.getuid?.() === 0 ? await powershellLack() : 'wine hosts need root';
const MS = 240_000;

/** Scripts and their codes, as `powershell -EncodedCommand SCRIPT` of its own answered on such a host. */
const CODES: readonly (readonly [string, number])[] = [
  ['cmd /c exit 3; return', 1],
  ["if (1) { cmd /c exit 3; return }; 'never'", 1],
  ['return', 0],
  ["begin { 'b' } process { 'p' } end { cmd /c exit 3 }", 1],
  ['end { Write-Error bad }', 1],
  ["process { cmd /c exit 3 } end { 'ok' }", 0],
  ['process { cmd /c exit 3 }', 1],
  ['begin { cmd /c exit 3 }', 1],
  ['end { exit 6 }', 6],
  ["end { throw 'y' }", 1],
  ['param($a) cmd /c exit 3', 1],
  ['param($a) Write-Error bad', 1],
  ['param($a) exit 5', 5],
  ["Write-Error bad; 'on'", 0],
  ['$x = Get-Item C:\\none', 1],
  ["try { throw 'x' } catch { 'c' }", 0],
  ["$global:RatchetDone = $false; '?'", 0],
  ['cmd /c exit 3 # note', 1],
  ['cmd /c exit 3; exit $LASTEXITCODE', 3],
  ['cmd /c exit 3; exit', 0],
];

describe('PowerShell tasks on a wine host', () => {
  if (lack !== null) {
    process.stderr.write(`PowerShell tasks are not tested: ${lack}.\n`);
    test('PowerShell can be had in CI', () => {
      expect(process.env['CI'] ? lack : null).toBeNull();
    });
    return;
  }

  let dir = '';
  let testbed: Testbed | undefined;
  let host: ReturnType<typeof windowsHost>;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ratchet-tasks-'));
    testbed = await upHosts({ kind: 'wine', dir, powershell: true });
    const user = /^ {2}User (\S+)$/m.exec(await readFile(join(dir, 'ssh_config'), 'utf8'))?.[1] ?? '';
    const vars = {
      ansible_host: '127.0.0.1',
      ansible_port: testbed.hosts[0]?.port ?? 0,
      ansible_user: user,
      ansible_ssh_private_key_file: join(dir, 'id'),
      ratchet_known_hosts: join(dir, 'known_hosts'),
    };
    host = windowsHost(connect(settingsFromVars('win1', vars, {})));
  }, MS);
  afterAll(async () => {
    await host?.endSessions();
    await host?.connection.close();
    await testbed?.stop();
    await rm(dir, { recursive: true, force: true });
  }, MS);

  const run = (script: string, options?: Parameters<HostWriter['powershell']>[1]) => host.powershell(script, options);
  const stdout = async (script: string): Promise<string> => (await run(script)).stdout.trim();

  test(
    'nothing of a task reaches the next one, and types stay',
    async () => {
      const process = await stdout(
        `$x = 1; $global:y = 2; function f { 3 }; $ErrorActionPreference = 'Stop'; $env:LEAK = 'a'; $env:Path = 'b'
        Set-Location C:\\windows; [Environment]::CurrentDirectory = 'C:\\windows'
        New-Module -Name Leaking -ScriptBlock { function g { 4 } } | Import-Module
        Add-Type 'public static class Kept { public const int Five = 5; }'; $PID`,
      );
      const next = await stdout(
        `"$x|$y|$ErrorActionPreference|$env:LEAK|$($env:Path -ne 'b')|$([Environment]::CurrentDirectory -eq 'C:\\windows')|$((Get-Location).Path -eq 'C:\\windows')"
        "$(Test-Path function:f)|$(Test-Path function:g)|$(@(Get-Module Leaking).Count)|$([Kept]::Five)"; $PID`,
      );
      expect(next.split(/\r?\n/)).toEqual(['||Continue||True|False|False', 'False|False|0|5', process]);
    },
    MS,
  );

  test(
    'codes, errors and output are those of a process of its own',
    async () => {
      const codes = [];
      for (const script of ['exit 0', 'exit 1', 'exit 255', 'exit 3010', 'cmd /c exit 7', "throw 'x'", '1; exit 3; 2'])
        codes.push((await run(script)).rc);
      expect(codes).toEqual([0, 1, 255, 3010, 1, 1, 3]);
      expect(await run("Write-Error bad; 'on'")).toMatchObject({ rc: 0, stdout: 'on\r\n' });
      expect((await run("$ErrorActionPreference = 'Stop'; Write-Error bad; 'on'")).stdout).toBe('');
      expect((await run("throw 'oops'")).stderr).toContain('oops');
      expect(await run("Write-Host a; 'ü€'; [Console]::WriteLine('c')")).toMatchObject({ stdout: 'a\r\nü€\r\nc\r\n' });
      expect((await run("'x' * 1MB")).stdout.trim()).toHaveLength(1_048_576);
    },
    MS,
  );

  test(
    'warnings, verbose and debug messages are not output, and a script can still take them',
    async () => {
      const told =
        "Write-Warning w; Write-Verbose v -Verbose; $DebugPreference = 'Continue'; Write-Debug d; Write-Host h; 'o'";
      expect(await run(told)).toEqual({ rc: 0, stdout: 'h\r\no\r\n', stderr: '' });
      expect(await run(told, { ownProcess: true })).toEqual({ rc: 0, stdout: 'h\r\no\r\n', stderr: '' });
      expect(await stdout('$w = & { Write-Warning w } 3>&1; "[$w]"')).toBe('[w]');
    },
    MS,
  );

  test(
    'the code is that of the last statement, in whatever block it stands and however the script is left',
    async () => {
      const found = [];
      for (const [script] of CODES) found.push([script, (await run(script)).rc]);
      expect(found).toEqual(CODES);
      // A long one is uploaded, and must say the same.
      for (const [script, rc] of CODES.filter((_, index) => index === 0 || index === 3))
        expect([script, (await run(`${script}\n# ${'x'.repeat(9000)}`, { ownProcess: true })).rc]).toEqual([
          script,
          rc,
        ]);
      expect((await run('if (')).stderr).toContain('if (');
    },
    MS,
  );

  test(
    'a folder, an environment and an input that has ended',
    async () => {
      const given = await run('(Get-Location).Path; $env:A', { chdir: 'C:\\windows', env: { A: 'b' } });
      expect(given.stdout).toBe('C:\\windows\r\nb\r\n');
      expect(await stdout('"[$env:A]"; [Console]::In.ReadLine(); cmd /c "set /p x="')).toBe('[]');
      await expect(run('1', { chdir: 'C:\\none' })).rejects.toMatchObject({ code: 'command-failed' });
    },
    MS,
  );

  test(
    'what hangs or writes too much is cut, and the session renewed',
    async () => {
      const first = await stdout('$PID');
      await expect(run('while ($true) { }', { timeoutMs: 1000 })).rejects.toMatchObject({ code: 'timeout' });
      const second = await stdout('$PID');
      expect(second).not.toBe(first);
      await expect(run("while ($true) { 'x' * 10000 }", { maxOutputBytes: 100_000 })).rejects.toMatchObject({
        code: 'host-output',
      });
      expect((await run('[Environment]::Exit(9)')).rc).toBe(9);
      await host.connection.reset();
      expect(await stdout("'back'")).toBe('back');
    },
    MS,
  );

  test(
    'a process of its own, also for a script that is too long for a command line',
    async () => {
      const warm = await stdout('$PID');
      const own = await run('$PID; exit 300', { ownProcess: true });
      expect([own.rc, own.stdout.trim() !== warm]).toEqual([300, true]);
      const long = await run(`'ü'; exit 4 # ${'x'.repeat(9000)}`, { ownProcess: true });
      expect(long).toMatchObject({ rc: 4, stdout: 'ü\r\n' });
    },
    MS,
  );
});
