import { cp, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { buildHash, builtOnce, compile, present } from './cache.js';
import { wineEnvironment } from './environment.js';
import { wineCommand } from './steady.js';

const SFTP_SERVER = '/usr/lib/openssh/sftp-server';
const LAYOUT = '1';

const copyInto = async (jail: string, file: string): Promise<void> => {
  await mkdir(join(jail, dirname(file)), { recursive: true });
  await cp(file, join(jail, file), { dereference: true });
};

/** The jail in which `sftp-server` sees `/C:/…` as OpenSSH for Windows shows it, and nothing else of this machine. */
const buildJail = async (prefix: string): Promise<void> => {
  const jail = join(prefix, 'jail');
  await mkdir(join(jail, 'etc'), { recursive: true });
  await mkdir(join(jail, 'dev'), { recursive: true });
  await rename(join(prefix, 'drive_c'), join(jail, 'C:'));
  await symlink('jail/C:', join(prefix, 'drive_c'));
  const libraries = (await execa('ldd', [SFTP_SERVER])).stdout.match(/\/\S+/g) ?? [];
  for (const file of new Set([SFTP_SERVER, ...libraries])) await copyInto(jail, file);
  await writeFile(join(jail, 'etc', 'passwd'), 'root:x:0:0::/C:/users/root:/bin/false\n');
  await execa('mknod', ['-m', '666', join(jail, 'dev', 'null'), 'c', '1', '3']);
};

const build = async (prefix: string): Promise<void> => {
  const env = { ...wineEnvironment(prefix), WINEARCH: 'win64', WINEDLLOVERRIDES: 'mscoree,mshtml=' };
  const wine = async (program: string, ...args: string[]) =>
    execa(...(await wineCommand(program, ...args)), { env, stdio: 'ignore' });
  await wine('wineboot', '-i');
  await wine('winecfg', '-v', 'win10');
  const c = join(prefix, 'drive_c');
  await mkdir(join(c, 'ratchet'));
  await compile('command.c', join(c, 'ratchet', 'command.exe'));
  await compile('shutdown.c', join(c, 'windows', 'system32', 'shutdown.exe'));
  const environmentKey = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment';
  await wine('reg', 'add', environmentKey, '/v', 'PATHEXT', '/d', '.COM;.EXE;.BAT;.CMD', '/f');
  await execa('wineserver', ['-w'], { env });
  await buildJail(prefix);
};

/** The blank prefix of this machine, built the first time (some 10 s); its name follows the assets and the Wine version. */
export const blankPrefix = async (): Promise<string> => {
  const version = await execa('wine', ['--version'], { env: { WINEDEBUG: '-all' }, reject: false });
  const hash = await buildHash(['command.c', 'shutdown.c'], [LAYOUT, version.stdout]);
  return builtOnce(`blank-${hash}`, build);
};

/** What each host writes in place and so must not share with the blank prefix. */
const OWN_FOLDERS = ['users', 'ProgramData', 'ratchet', 'windows/temp'];

/** A host's own prefix: hard links to the blank one, with real copies of what is written in place. Under a second. */
export const copyPrefix = async (blank: string, target: string): Promise<void> => {
  await execa('cp', ['-al', blank, target]);
  const own = [
    ...(await readdir(blank)).filter((name) => name.endsWith('.reg')),
    ...OWN_FOLDERS.map((folder) => join('jail', 'C:', folder)),
  ];
  for (const name of own) {
    if (!(await present(join(blank, name)))) continue;
    await rm(join(target, name), { recursive: true });
    await execa('cp', ['-a', join(blank, name), join(target, name)]);
  }
};
