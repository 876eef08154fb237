import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { upHosts } from '@ratchet/testbed';
import { eventsOf, ratchetRun } from './ratchet-run.js';

const PLAYBOOK = `- hosts: win1
  gather_facts: false
  ignore_errors: true
  tasks:
    - {name: shell, win_shell: a}
    - {name: own process, win_shell: a, args: {own_process: true}}
    - {name: long, win_shell: "a # {{ 'x' * 9000 }}", args: {own_process: true}}
    - {name: input, win_shell: a, args: {stdin: b}}
    - {name: other program, win_shell: a, args: {executable: pwsh}}
    - {name: win_powershell, win_powershell: {script: a}}
`;

test('a host without PowerShell refuses what needs it, with its name, the place and what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-no-powershell-'));
  const testbed = await upHosts({ kind: 'embedded', dir: join(folder, 'host') });
  try {
    await writeFile(join(folder, 'p.yml'), PLAYBOOK);
    const run = await ratchetRun(folder, [join(folder, 'p.yml'), '-i', testbed.inventoryPath, '--output', 'ndjson']);
    const ends = eventsOf(run).flatMap((event) =>
      event.type === 'task_finished' ? [[event.name, event.outcome, event.result?.['msg']]] : [],
    );
    const own = 'PowerShell does not start on win1.';
    expect(ends).toEqual([
      ['shell', 'failed', own],
      ['own process', 'failed', own],
      ['long', 'failed', own],
      ['input', 'failed', own],
      ['other program', 'failed', 'The PowerShell pwsh does not start on win1.'],
      ['win_powershell', 'failed', own],
    ]);
    const shown = await ratchetRun(folder, [join(folder, 'p.yml'), '-i', testbed.inventoryPath]);
    expect(shown.out).toMatch(/p\.yml:5:8/);
    expect(shown.out).toContain('need none');
  } finally {
    await testbed.stop();
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
