import type { HostWriter } from '@ratchet/core';

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
