import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { rollbackSuite } from './rollback-roles.js';

if (existsSync('/usr/bin/wine') && existsSync('/usr/sbin/sshd')) rollbackSuite('wine');
else if (process.env['CI']) test('real hosts', () => expect('wine and sshd').toBe('installed in CI'));
else test.skip('real hosts: left out, Debian packages wine and openssh-server are not installed', () => undefined);
