import { execa } from 'execa';

let prefix: Promise<readonly string[]> | undefined;

/**
 * What stands before `wine` on a command line. Where the kernel lays memory out at random, a library now and then lies where Wine needs
 * a fixed address (`virtual_alloc_first_teb`), and a process does not start: about one in a thousand. `setarch -R` lays it out
 * the same way each time. Nothing where it may not (some containers forbid it).
 */
export const steadyPrefix = (): Promise<readonly string[]> => {
  prefix ??= execa('setarch', ['-R', 'true'], { reject: false }).then(({ failed }) =>
    failed ? [] : ['setarch', '-R'],
  );
  return prefix;
};

/**
 * The program and its arguments that start a program of Windows' own folder under Wine. It is named in full: a bare name goes through
 * Wine's start.exe first, a process more.
 */
export const wineCommand = async (
  program: string,
  ...args: readonly string[]
): Promise<readonly [string, readonly string[]]> => {
  const full = `C:\\windows\\system32\\${program}.exe`;
  const [file, ...rest] = [...(await steadyPrefix()), 'wine', full, ...args] as [string, ...string[]];
  return [file, rest];
};
