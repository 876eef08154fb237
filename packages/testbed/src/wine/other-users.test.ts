import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { upHosts } from '../testbed.js';
import { accountsWith, writeAccounts } from './other-users.js';

const run = promisify(execFile);
const MINUTES = 60_000;

test('a further user is another name for root, behind it and before an account of that name', () => {
  const accounts = 'root:x:0:0:root:/root:/bin/bash\nbob:x:1000:1000::/home/bob:/bin/sh\n';
  expect(accountsWith(accounts, ['bob'])).toBe(
    'root:x:0:0:root:/root:/bin/bash\nbob:x:0:0:root:/root:/bin/bash\nbob:x:1000:1000::/home/bob:/bin/sh\n',
  );
});

test.each(['root', 'a:b', '', 'Ann'])('%j is no further user', async (name) => {
  await expect(writeAccounts('/nowhere', [name])).rejects.toMatchObject({ code: 'usage' });
});

const mayMount = await run('unshare', ['--mount', 'true']).then(
  () => true,
  () => false,
);

(mayMount && process.getuid?.() === 0 ? test : test.skip)(
  'a wine host lets both in, each in a folder of its own',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'ratchet-users-'));
    const testbed = await upHosts({ kind: 'wine', dir, otherUsers: ['bob'] });
    try {
      const as = async (user: string, program: string, ...args: readonly string[]): Promise<string> => {
        const config = ['-F', join(dir, 'ssh_config'), '-o', 'BatchMode=yes', '-o', `User=${user}`];
        return (await run(program, [...config, ...args])).stdout.trim();
      };
      expect(await as('bob', 'ssh', 'win1', 'echo %CD%')).toBe('C:\\users\\bob');
      expect(await as('root', 'ssh', 'win1', 'echo %CD%')).toBe('C:\\users\\root');
      await writeFile(join(dir, 'batch'), 'pwd\n');
      expect(await as('bob', 'sftp', '-b', join(dir, 'batch'), 'win1')).toContain('/C:/users/bob');
    } finally {
      await testbed.stop();
      await rm(dir, { recursive: true, force: true });
    }
  },
  3 * MINUTES,
);
