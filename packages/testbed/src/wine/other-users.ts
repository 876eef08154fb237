import { readFile, writeFile } from 'node:fs/promises';
import { RatchetError } from '@ratchet/core';
import { execa } from 'execa';

const NAME = /^[a-z_][a-z0-9_-]{0,30}$/;
const OWN_MOUNTS = ['unshare', '--mount', '--propagation', 'private'] as const;

/** `/etc/passwd` with more names for root behind root's own, before any account of this machine with the same name. */
export const accountsWith = (accounts: string, users: readonly string[]): string => {
  const lines = accounts.split('\n');
  const root = lines.findIndex((line) => line.startsWith('root:'));
  const more = users.map((user) => (lines[root] ?? '').replace('root', user));
  return lines.toSpliced(root + 1, 0, ...more).join('\n');
};

/**
 * Writes the accounts file for a host that lets in users beside root.
 * @throws RatchetError `usage` for a name that cannot be one, `not-elevated` where this process may not mount
 */
export const writeAccounts = async (file: string, users: readonly string[]): Promise<void> => {
  const wrong = users.find((user) => !NAME.test(user) || user === 'root');
  if (wrong !== undefined)
    throw new RatchetError('usage', `A test host cannot have "${wrong}" as a further user.`, {
      hint: 'Use small letters, digits, - and _; root is there already.',
    });
  const [program, ...args] = OWN_MOUNTS;
  const tried = await execa(program, [...args, 'true'], { reject: false });
  if (tried.failed)
    throw new RatchetError('not-elevated', `A wine host with further users needs mounts of its own: ${tried.stderr}`, {
      hint: 'Give the container CAP_SYS_ADMIN, or start the hosts with one user.',
    });
  await writeFile(file, accountsWith(await readFile('/etc/passwd', 'utf8'), users));
};

/** The command with these accounts, which it and its children alone see: nothing on this machine changes. */
export const withAccounts = (file: string, command: readonly string[]): readonly [string, ...string[]] => [
  ...OWN_MOUNTS,
  'sh',
  '-c',
  'mount --bind "$0" /etc/passwd && exec "$@"',
  file,
  ...command,
];
