import { createHash } from 'node:crypto';
import { access, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { wineEnvironment } from './environment.js';

const ASSETS = fileURLToPath(new URL('../../assets/', import.meta.url));
const SFTP_SERVER = '/usr/lib/openssh/sftp-server';
const LAYOUT = '1';

/** The folder on this machine for what is built once: blank prefixes, PowerShell, and the prefixes of running hosts. */
export const cacheFolder = (): string =>
  process.env['RATCHET_TESTBED_CACHE'] ?? join(homedir(), '.cache', 'ratchet-testbed');

/** The text of one asset file. */
export const readAsset = (name: string): Promise<string> => readFile(join(ASSETS, name), 'utf8');

const assetHash = async (): Promise<string> => {
  const hash = createHash('sha256').update(LAYOUT);
  for (const name of (await readdir(ASSETS)).sort()) hash.update(name).update(await readAsset(name));
  const version = await execa('wine', ['--version'], { env: { WINEDEBUG: '-all' }, reject: false });
  return hash.update(version.stdout).digest('hex').slice(0, 12);
};

/** Compiles an asset to a Windows program. */
export const compile = async (asset: string, target: string): Promise<void> => {
  await rm(target, { force: true });
  await execa('x86_64-w64-mingw32-gcc', ['-municode', '-O2', '-s', '-o', target, join(ASSETS, asset)]);
};

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
  const wine = (...args: string[]) => execa('wine', args, { env, stdio: 'ignore' });
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
  const cache = cacheFolder();
  const target = join(cache, `blank-${await assetHash()}`);
  if (await present(target)) return target;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, 'draft-'));
  try {
    const prefix = join(draft, 'prefix');
    await mkdir(prefix);
    await build(prefix);
    await rename(prefix, target).catch(async (error: unknown) => {
      if (!(await present(target))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return target;
};

const present = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

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
