import { type ActionResult, type HostWriter, RatchetError } from '@ratchet/core';

/** Paths that decide whether a command runs at all. */
export interface DecidingPaths {
  readonly creates?: string | undefined;
  readonly removes?: string | undefined;
}

const isThere = async (path: string, host: HostWriter): Promise<boolean> =>
  (await host.files.status(await host.files.expand(path), false)) !== null;

/** Why a command need not run, in Ansible's words, or null. */
export const decidedByPaths = async ({ creates, removes }: DecidingPaths, host: HostWriter): Promise<string | null> => {
  if (creates !== undefined && (await isThere(creates, host))) return `skipped, since ${creates} exists`;
  if (removes !== undefined && !(await isThere(removes, host))) return `skipped, since ${removes} does not exist`;
  return null;
};

/** The result of a command whose folder cannot be entered, in Ansible's words (`told` of that folder); any other failure goes on. */
export const orBadFolder = async (
  cmd: string,
  told: (folder: string) => string,
  work: () => Promise<ActionResult>,
): Promise<ActionResult> => {
  try {
    return await work();
  } catch (thrown) {
    const folder = thrown instanceof RatchetError ? thrown.details['folder'] : undefined;
    if (folder === undefined) throw thrown;
    return { failed: true, msg: told(String(folder)), values: { cmd, rc: 2 } };
  }
};
