import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { type Testbed, upHosts } from '../testbed.js';
import { present } from './cache.js';
import { powershellLack } from './powershell.js';

const ANSIBLE = '/usr/bin/ansible';
const UP_MS = 180_000;
const COMMAND_MS = 60_000;

/** Why PowerShell hosts cannot be had here, or null; a missing wine or sshd is installed. */
const lack = process.getuid?.() === 0 ? await powershellLack() : 'wine hosts need root';
const noAnsible = (await present(ANSIBLE)) ? null : `${ANSIBLE} is missing (Debian package ansible)`;

describe('PowerShell on a wine host', () => {
  if (lack !== null) {
    process.stderr.write(`PowerShell on wine hosts is not tested: ${lack}.\n`);
    test('PowerShell can be had in CI', () => {
      expect(process.env['CI'] ? lack : null).toBeNull();
    });
    return;
  }

  let dir = '';
  let testbed: Testbed | undefined;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ratchet-powershell-'));
    testbed = await upHosts({ kind: 'wine', dir, powershell: true });
  }, UP_MS);
  afterAll(async () => {
    await testbed?.stop();
    await rm(dir, { recursive: true, force: true });
  }, COMMAND_MS);

  const powershell = (script: string, input = '') =>
    execa('ssh', ['-F', join(dir, 'ssh_config'), 'win1', `powershell -NoProfile -Command "${script}"`], {
      input,
      reject: false,
    });

  test(
    'it runs, reads its standard input, finds programs on the path, and its exit code comes back',
    async () => {
      const script = "$PSVersionTable.PSEdition; $input | % { $_.ToUpper() }; cmd.exe /c 'echo found'; exit 3";
      const result = await powershell(script, 'from outside\n');
      expect([result.stdout.split(/\r?\n/), result.exitCode]).toEqual([['Core', 'FROM OUTSIDE', 'found'], 3]);
    },
    COMMAND_MS,
  );

  if (noAnsible !== null) {
    process.stderr.write(`Ansible on a wine host is not tested: ${noAnsible}.\n`);
    test('Ansible can be had in CI', () => {
      expect(process.env['CI'] ? noAnsible : null).toBeNull();
    });
    return;
  }

  test(
    'Ansible with the inventory that the testbed writes runs a module of its own',
    async () => {
      const args = ['-i', join(dir, 'inventory.yml'), 'win1', '-m', 'ansible.windows.win_ping'];
      // Without a master connection nothing outlives the command; the folder keeps Ansible's own files together.
      const env = { ANSIBLE_SSH_ARGS: '-o ControlMaster=no', ANSIBLE_HOME: join(dir, 'ansible') };
      const result = await execa(ANSIBLE, args, { env, reject: false, stdin: 'ignore' });
      expect(result.stdout).toContain('"ping": "pong"');
    },
    COMMAND_MS,
  );
});
