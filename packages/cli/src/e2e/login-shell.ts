import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Testbed, upHosts } from '@ratchet/testbed';
import { ratchetRun } from './ratchet-run.js';

const PLAYBOOK = String.raw`- hosts: all
  gather_facts: false
  tasks:
    - registry: {path: 'HKLM\SOFTWARE\Shell Test\50% & "more"', name: a b, data: 'c "d" %OS%'}
    - schannel_protocol: {protocol: TLS 1.2, state: enabled}
    - command: echo "a & b" %OS%
      changed_when: false
      register: said
    - assert:
        that: said.stdout == '"a & b" Windows_NT'
    - reboot: {when: owed}
`;

/** A host whose login shell is PowerShell is worked like any other. */
export const loginShellSuite = (kind: 'embedded' | 'wine'): void => {
  describe(`a PowerShell login shell on ${kind} hosts`, () => {
    let folder: string;
    let testbed: Testbed;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), `ratchet-shell-${kind}-`));
      testbed = await upHosts({ kind, dir: join(folder, 'host'), shell: 'powershell' });
    }, 300_000);
    afterAll(async () => {
      await testbed?.stop();
      await rm(folder, { recursive: true, force: true });
    }, 60_000);

    test('values and commands mean the same, the restart is done once, a second run changes nothing', async () => {
      const playbook = join(folder, 'p.yml');
      await writeFile(playbook, PLAYBOOK);
      const first = await ratchetRun(folder, [playbook, '-i', testbed.inventoryPath]);
      expect(first).toMatchObject({ code: 0, err: '' });
      expect(first.out).toMatch(/changed=3 .* failed=0/);
      expect(await testbed.snapshot('win1', 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Shell Test')).toContain(
        '"a b"="c \\"d\\" %OS%"',
      );
      const second = await ratchetRun(folder, [playbook, '-i', testbed.inventoryPath]);
      expect(second.out).toMatch(/changed=0 .* failed=0/);
      expect(testbed.reboots('win1')).toBe(1);
      // Each command of such a host starts a PowerShell.
    }, 600_000);
  });
};
