import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { powershellLack } from '@ratchet/testbed';
import { loginShellSuite } from './login-shell.js';

const lack =
  existsSync('/usr/bin/wine') && existsSync('/usr/sbin/sshd')
    ? await powershellLack()
    : 'wine and sshd are not installed';

if (lack === null) loginShellSuite('wine');
else if (process.env['CI']) test('hosts with PowerShell', () => expect(lack).toBeNull());
else test.skip(`hosts with PowerShell: left out, ${lack}`, () => undefined);
