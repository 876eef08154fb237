import { access } from 'node:fs/promises';
import { RatchetError } from '@ratchet/core';
import { execa } from 'execa';

/** What a wine host needs, and the Debian package that has it. */
const NEEDED: readonly { readonly file: string; readonly packages: readonly string[] }[] = [
  { file: '/usr/bin/wine', packages: ['wine', 'wine64'] },
  { file: '/usr/sbin/sshd', packages: ['openssh-server'] },
  { file: '/usr/lib/openssh/sftp-server', packages: ['openssh-sftp-server'] },
  { file: '/usr/bin/x86_64-w64-mingw32-gcc', packages: ['gcc-mingw-w64-x86-64-posix'] },
];

const exists = async (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

const missing = async (): Promise<string[]> => {
  const present = await Promise.all(NEEDED.map(({ file }) => exists(file)));
  return NEEDED.flatMap(({ packages }, index) => (present[index] ? [] : packages));
};

/**
 * Makes sure that the programs of a wine host are there: installs the Debian packages when run as root.
 * @throws RatchetError `not-elevated` naming the packages when not root, `command-failed` when apt-get fails.
 */
export const ensurePackages = async (): Promise<void> => {
  const wanted = await missing();
  const command = `apt-get install --no-install-recommends ${wanted.join(' ')}`;
  if (process.getuid?.() !== 0)
    throw new RatchetError('not-elevated', 'Wine hosts need root: each SFTP session runs in a jail.', {
      hint: `Run as root${wanted.length > 0 ? ` (missing packages: ${wanted.join(' ')})` : ''}, or use --kind embedded.`,
    });
  if (wanted.length === 0) return;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = () =>
    execa('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...wanted], { env, reject: false });
  let result = await install();
  if (result.failed) {
    await execa('apt-get', ['update', '-q'], { env, reject: false });
    result = await install();
  }
  if (result.failed)
    throw new RatchetError(
      'command-failed',
      `The Debian packages for wine hosts could not be installed: ${result.stderr}`,
      {
        hint: `Try "${command}" by hand, or use --kind embedded.`,
      },
    );
};
