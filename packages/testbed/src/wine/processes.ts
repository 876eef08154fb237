import { readdir, readFile } from 'node:fs/promises';

const processIds = async (): Promise<number[]> =>
  (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);

/** What /proc/PID/stat says after the program's name, which may hold anything: state, parent, … */
const statOf = async (pid: number): Promise<string[]> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
};

/** Whether a process lives; one that is dead and not yet collected by its parent does not. */
export const lives = async (pid: number): Promise<boolean> => /^[^ZX]$/.test((await statOf(pid))[0] ?? '');

const childrenByParent = async (): Promise<Map<number, number[]>> => {
  const children = new Map<number, number[]>();
  for (const pid of await processIds()) {
    const parent = Number((await statOf(pid))[1]);
    if (parent > 0) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  return children;
};

/** The children of a process, their children, and so on. */
export const descendantsOf = async (pid: number): Promise<number[]> => {
  const tree = await childrenByParent();
  const below = (parent: number): number[] => (tree.get(parent) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid);
};

const processesWhose = async (file: 'cmdline' | 'environ', wanted: (text: string) => boolean): Promise<number[]> => {
  const found: number[] = [];
  for (const pid of await processIds()) {
    const text = await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
    if (pid !== process.pid && wanted(text)) found.push(pid);
  }
  return found;
};

/** The OpenSSH servers that run with this configuration file; sshd rewrites its command line as one text. */
export const serversOf = (config: string): Promise<number[]> =>
  processesWhose('cmdline', (text) => text.includes('/sshd') && text.replaceAll('\0', ' ').includes(` -f ${config} `));

/** The processes that began with this `NAME=value` in their environment. */
export const processesWith = (variable: string): Promise<number[]> =>
  processesWhose('environ', (text) => text.split('\0').includes(variable));

/** Ends a process at once; one that is gone already is no error. */
export const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};
