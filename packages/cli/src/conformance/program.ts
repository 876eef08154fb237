import { execFile } from 'node:child_process';

export interface Ended {
  /** -1: killed, or not started. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const LIMIT = 120_000;

/** Runs a program to its end (two minutes at most); never throws. */
export const runProgram = (
  file: string,
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly limit?: number;
    readonly input?: string;
  },
): Promise<Ended> =>
  new Promise((resolve) => {
    const { cwd, env, limit = LIMIT } = options;
    const child = execFile(
      file,
      [...args],
      { cwd, env: { ...env }, timeout: limit, killSignal: 'SIGKILL', maxBuffer: 2 ** 28, encoding: 'utf8' },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr: code === -1 ? `${stderr}${error?.message ?? ''}` : stderr });
      },
    );
    child.stdin?.end(options.input ?? '');
  });

/** Runs the works, so many at a time, and gives their results in order. */
export const inPool = async <T, R>(items: readonly T[], size: number, work: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(size, items.length) }, worker));
  return results;
};
