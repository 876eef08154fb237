import type { ActionContext, ActionModule, ActionResult, HostWriter } from '@ratchet/core';
import { z } from 'zod';
import { checksum } from './checksum.js';
import { joinPath, lastName, makeFoldersFor } from './host-path.js';
import { flag, text } from './parameter-values.js';

const params = z.strictObject({
  src: text,
  dest: text,
  flat: flag.default(false),
  fail_on_missing: flag.default(true),
  validate_checksum: flag.default(true),
});
type Params = z.infer<typeof params>;

/** A path of the host as a path below a folder: `C:\a\b` is `C/a/b`, and nothing climbs out of it. */
const relative = (path: string): string =>
  path
    .replace(/^([A-Za-z]):/, '$1')
    .split(/[\\/]+/)
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/');

const placeOf = (given: Params, source: string, context: ActionContext): string => {
  const folder = context.playbookFolder ?? '.';
  const dest = given.dest.startsWith('/') ? given.dest : `${folder}/${given.dest}`;
  if (!given.flat)
    return `${dest.replace(/\/+$/, '')}/${String(context.variable('inventory_hostname'))}/${relative(source)}`;
  return dest.endsWith('/') ? joinPath(dest, lastName(source)) : dest;
};

const run = async (given: Params, host: HostWriter, context: ActionContext): Promise<ActionResult> => {
  if (context.checkMode) return { skipped: true, msg: 'check mode not (yet) supported for this module' };
  const source = await host.files.expand(given.src);
  const found = await host.files.status(source, true);
  if (!found) {
    const msg = 'the remote file does not exist, not transferring, ignored';
    return given.fail_on_missing ? { failed: true, msg } : { msg, values: { file: source } };
  }
  if (found.kind === 'directory')
    return { failed: true, msg: 'remote file is a directory, fetch cannot work on directories' };
  const { files } = context.controller;
  const dest = placeOf(given, source, context);
  if ((await files.status(dest, true))?.kind === 'directory')
    return {
      failed: true,
      msg: 'dest is an existing directory, use a trailing slash if you want to fetch src into that directory',
    };
  const bytes = await host.files.read(source);
  const sums = { checksum: checksum(bytes), md5sum: checksum(bytes, 'md5') };
  const before = (await files.status(dest, true)) ? await files.read(dest) : null;
  if (before !== null && checksum(before) === sums.checksum)
    return { changed: false, values: { dest, file: source, ...sums } };
  await makeFoldersFor(files, dest);
  await files.write(dest, bytes, before === null ? files.defaultMode : undefined);
  if (given.validate_checksum && checksum(await files.read(dest)) !== sums.checksum)
    return { failed: true, msg: 'checksum mismatch', values: { file: source, dest, ...sums } };
  return { changed: true, values: { dest, ...sums, remote_checksum: sums.checksum, remote_md5sum: null } };
};

/** A file of the host, to the controller. */
export const fetch: ActionModule<Params> = {
  kind: 'action',
  name: 'fetch',
  aliases: ['ansible.builtin.fetch'],
  summary: 'Brings a file of the host to the controller',
  params,
  parameters: {
    src: { description: 'The file on the host', required: true },
    dest: {
      description: 'The folder on the controller; below it a folder for the host, and the whole path',
      required: true,
    },
    flat: { description: '`dest` is the file itself, or the folder for it when it ends in `/`', default: false },
    fail_on_missing: { description: 'A file that is not there is a failure', default: true },
    validate_checksum: { description: 'Compare checksums afterwards', default: true, aliases: ['validate_md5'] },
  },
  checkMode: 'runs',
  needsHost: true,
  repeatable: () => true,
  run,
};
