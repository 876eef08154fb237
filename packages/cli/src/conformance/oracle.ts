import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DISABLE_VARIABLE } from './disable-loader.js';
import { type Ended, runProgram } from './program.js';

/** The version of ansible-core that is installed, or undefined. */
export const oracleVersion = async (): Promise<string | undefined> => {
  const { code, stdout } = await runProgram('ansible-playbook', ['--version'], { cwd: '/', env: process.env });
  return code === 0 ? /\[core ([^\]]+)\]/.exec(stdout)?.[1] : undefined;
};

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

const baseEnvironment = (home: string): Record<string, string | undefined> => ({
  PATH: process.env['PATH'],
  HOME: home,
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
  ANSIBLE_NOCOLOR: '1',
  ANSIBLE_JINJA2_NATIVE: 'true',
});

/** The environment of a process that asks ansible-core: nothing of the user's settings. */
export const oracleEnvironment = (
  home: string,
  env: Readonly<Record<string, string>>,
): Record<string, string | undefined> => ({
  ...baseEnvironment(home),
  ANSIBLE_STDOUT_CALLBACK: 'json',
  ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
  ...env,
});

/** Runs one of Ansible's programs, with nothing of the user's settings. */
export const runAnsible = (
  program: 'ansible-playbook' | 'ansible-inventory',
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> => runProgram(program, args, { cwd: folder, env: oracleEnvironment(folder, env) });

/** Runs `ratchet` as it was built. */
export const runRatchet = (
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> =>
  runProgram(process.execPath, [...process.execArgv, MAIN, ...args], {
    cwd: folder,
    // What `--mutate` takes away is taken away there too.
    env: { ...baseEnvironment(folder), [DISABLE_VARIABLE]: process.env[DISABLE_VARIABLE], ...env },
  });

/** Works in a new folder, which is removed afterwards. */
export const inNewFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-conformance-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
