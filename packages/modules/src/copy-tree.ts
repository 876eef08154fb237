import type { ActionContext, FileReader, HostWriter } from '@ratchet/core';
import { RatchetError } from '@ratchet/core';
import { type Attributes, ensureAttributes } from './file-attributes.js';
import { joinPath, makeFoldersFor } from './host-path.js';
import { placeFile } from './place-file.js';

interface Wishes extends Attributes {
  readonly directory_mode?: string | number | undefined;
  readonly backup: boolean;
  readonly force: boolean;
}

const entries = async (
  files: FileReader,
  folder: string,
  inside = '',
): Promise<readonly { path: string; folder: boolean }[]> => {
  const found: { path: string; folder: boolean }[] = [];
  for (const name of await files.list(folder)) {
    const path = inside === '' ? name : `${inside}/${name}`;
    const isFolder = (await files.status(`${folder}/${name}`, true))?.kind === 'directory';
    found.push({ path, folder: isFolder });
    if (isFolder) found.push(...(await entries(files, `${folder}/${name}`, path)));
  }
  return found;
};

const ensureFolder = async (path: string, wishes: Wishes, host: HostWriter, check: boolean): Promise<boolean> => {
  const { files } = host;
  if (await files.status(path, true)) return false;
  if (check) return true;
  await makeFoldersFor(files, path, wishes.directory_mode);
  await files.makeFolder(path);
  const { owner, group, directory_mode: mode } = wishes;
  await ensureAttributes(files, path, { owner, group, mode }, { follow: true, check: false });
  return true;
};

/** Copies a folder with all in it to `top` on the host. Gives whether anything had to change. */
export const copyTree = async (
  source: {
    readonly files: FileReader;
    readonly path: string;
    readonly read: (files: FileReader, path: string) => Promise<Uint8Array>;
  },
  top: string,
  wishes: Wishes,
  host: HostWriter,
  context: ActionContext,
): Promise<boolean> => {
  const root = source.path.replace(/\/+$/, '');
  let changed = await ensureFolder(top.replace(/(?<=.)[\\/]+$/, ''), wishes, host, context.checkMode);
  for (const entry of await entries(source.files, root)) {
    const dest = entry.path.split('/').reduce((folder, name) => joinPath(folder, name), top);
    if (entry.folder) {
      if (await ensureFolder(dest, wishes, host, context.checkMode)) changed = true;
      continue;
    }
    const there = await host.files.status(dest, true);
    if (!wishes.force && there) continue;
    if (context.checkMode && changed && !there) continue;
    const from = `${root}/${entry.path}`;
    const end = await placeFile(
      {
        bytes: await source.read(source.files, from),
        dest,
        found: there,
        source: from,
        attributes: wishes,
        sourceMode: (await source.files.status(from, true))?.mode ?? 0o644,
        backup: wishes.backup,
      },
      host,
      context,
    );
    if (end.failed) throw new RatchetError('task-failed', end.msg ?? `${dest} could not be written`);
    if (end.changed) changed = true;
  }
  return changed;
};
