import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const BUNDLE = fileURLToPath(new URL('../../bundle/main.cjs', import.meta.url));
const PACKAGES = new URL('../../../', import.meta.url);
const CRASH = new URL('../../dist/crash/crash-at.js', import.meta.url).href;
const LIMIT_MS = 600_000;

/** How a controller process ended; `killed` when the crash point was reached. */
export interface Ended {
  readonly code: number | null;
  readonly killed: boolean;
  readonly out: string;
}

const timeOf = (file: string | URL): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** When the newest package was compiled. */
const compiledAt = (): number =>
  Math.max(...readdirSync(PACKAGES).map((name) => timeOf(new URL(`${name}/dist/.tsbuildinfo`, PACKAGES))));

let bundle: boolean | undefined;

/** As it is shipped, which starts in a third of the time, unless the bundle is older than what was compiled. */
const isBundled = (): boolean => {
  bundle ??= timeOf(BUNDLE) >= compiledAt();
  return bundle;
};

/** What Node is given to run `ratchet`: a crash point needs the modules apart, since it gets in between them. */
const program = (env: Readonly<Record<string, string>>): readonly string[] => {
  if (Object.keys(env).some((name) => name.startsWith('RATCHET_CRASH_'))) return ['--import', CRASH, MAIN];
  return [isBundled() ? BUNDLE : MAIN];
};

/** Runs `ratchet` with these arguments in a folder, to its end or to its crash point. A hanging one is killed and reported as code 124. */
export const controller = (
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...program(env), ...args], {
      cwd,
      env: { ...process.env, HOME: cwd, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let late = false;
    child.stdout.on('data', (data) => {
      out += String(data);
    });
    child.stderr.on('data', (data) => {
      out += String(data);
    });
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, LIMIT_MS);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code: late ? 124 : code, killed: signal === 'SIGKILL' && !late, out });
    });
  });
