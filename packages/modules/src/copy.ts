import type { ActionContext, ActionModule, ActionResult, FileReader, FileStatus, HostWriter } from '@ratchet/core';
import { z } from 'zod';
import { checksum } from './checksum.js';
import { readSource } from './controller-source.js';
import { copyTree } from './copy-tree.js';
import { attributeFields, attributeParameters, modeField, pathInfo } from './file-attributes.js';
import { contentText } from './file-content.js';
import { joinPath, lastName, makeFoldersFor } from './host-path.js';
import { notFoundHere } from './missing-file.js';
import { flag, text } from './parameter-values.js';
import { parentIsThere, placeFile } from './place-file.js';

const params = z
  .strictObject({
    src: text.optional(),
    content: z.unknown().optional(),
    dest: text,
    backup: flag.default(false),
    force: flag.default(true),
    remote_src: flag.default(false),
    directory_mode: modeField.optional(),
    validate: text.optional(),
    follow: flag.default(false),
    local_follow: flag.default(true),
    checksum: text.optional(),
    decrypt: flag.default(true),
    ...attributeFields,
  })
  .refine((given) => (given.src === undefined) !== (given.content === undefined), {
    message: 'src (or content) is required, and only one of them',
  });
type Params = z.infer<typeof params>;

/** Where the source is: its reader and path, or bytes that were given. */
interface Source {
  readonly files: FileReader;
  readonly path: string;
}

const failed = (msg: string, values: Readonly<Record<string, unknown>> = {}): ActionResult => ({
  failed: true,
  msg,
  values,
});

const found = async (given: Params, host: HostWriter, context: ActionContext): Promise<Source | ActionResult> => {
  const src = given.src as string;
  if (given.remote_src) {
    const path = await host.files.expand(src);
    if (await host.files.status(path, true)) return { files: host.files, path };
    return failed(`Source ${src} not found`);
  }
  const path = context.findFile('files', await context.controller.files.expand(src));
  if (path === undefined) return failed(notFoundHere(src, context.searched('files', src)));
  return { files: context.controller.files, path: src.endsWith('/') ? `${path.replace(/\/+$/, '')}/` : path };
};

/** Where the file is to be, and what is there where that is known. */
interface Destination {
  readonly path: string;
  readonly found?: FileStatus | null;
}

/** The final path: within a folder the source's own name; a folder that is written with a slash at its end is made. */
const destination = async (
  given: Params,
  name: string | null,
  host: HostWriter,
  context: ActionContext,
): Promise<Destination | ActionResult> => {
  const { files } = host;
  const dest = await files.expand(given.dest);
  const found = await files.status(dest, true);
  const folder = found?.kind === 'directory';
  if (name === null && folder) return failed('can not use content with a dir as dest', { diff: [] });
  if (name === null || (!folder && !/[\\/]$/.test(dest))) return { path: dest, found };
  const path = joinPath(dest, name);
  if (!folder && !context.checkMode) await makeFoldersFor(files, path, given.directory_mode);
  return { path };
};

const unchanged = (dest: string, src: string): ActionResult => ({ changed: false, values: { dest, src } });

const one = async (
  given: Params,
  bytes: Uint8Array,
  about: { readonly name: string | null; readonly source: string; readonly mode: number },
  host: HostWriter,
  context: ActionContext,
): Promise<ActionResult> => {
  const end = await destination(given, about.name, host, context);
  if (!('path' in end)) return end;
  const dest = end.path;
  const found = end.found === undefined ? await host.files.status(dest, true) : end.found;
  if (!given.force && found) return unchanged(dest, about.source);
  if (context.checkMode && /[\\/]$/.test(given.dest) && !(await parentIsThere(host.files, dest)))
    return { changed: true, values: { diff: [] } };
  if (given.checksum !== undefined && given.checksum !== checksum(bytes))
    return failed('Copied file does not match the expected checksum. Transfer failed.', {
      checksum: checksum(bytes),
      expected_checksum: given.checksum,
    });
  const placed = await placeFile(
    {
      bytes,
      dest,
      found,
      source: about.source,
      attributes: given,
      sourceMode: about.mode,
      backup: given.backup,
      validate: given.validate,
    },
    host,
    context,
  );
  if (!given.remote_src || placed.failed || context.diffMode || context.checkMode) return placed;
  const { diff: _, path: __, ...values } = placed.values ?? {};
  return { ...placed, values: { ...values, src: about.source, md5sum: checksum(bytes, 'md5') } };
};

const folder = async (
  given: Params,
  source: Source,
  host: HostWriter,
  context: ActionContext,
): Promise<ActionResult> => {
  const dest = await host.files.expand(given.dest);
  const inside = source.path.endsWith('/');
  const top = inside ? dest : joinPath(dest, lastName(source.path));
  const changed = await copyTree({ ...source, read: readerOf(given) }, top, given, host, context);
  const info = given.remote_src ? await pathInfo(host.files, dest) : {};
  const shown = given.remote_src ? dest : joinPath(dest, '');
  const sums = given.remote_src ? { checksum: null, md5sum: null } : {};
  return {
    changed,
    values: { dest: shown, src: given.src ?? '', ...sums, ...info, ...(given.remote_src ? {} : { src: source.path }) },
  };
};

// What lies on the host already is its own.
const readerOf = ({ decrypt, remote_src: within }: Params): typeof readSource =>
  decrypt && !within ? readSource : (files, path) => files.read(path);

const run = async (given: Params, host: HostWriter, context: ActionContext): Promise<ActionResult> => {
  if (given.content !== undefined)
    return one(given, Buffer.from(contentText(given.content)), { name: null, source: '', mode: 0o600 }, host, context);
  const source = await found(given, host, context);
  if (!('files' in source)) return source;
  const status = await source.files.status(source.path, true);
  if (status?.kind === 'directory') return folder(given, source, host, context);
  const bytes = await readerOf(given)(source.files, source.path);
  const about = { name: lastName(source.path), source: source.path, mode: status?.mode ?? 0o644 };
  return one(given, bytes, about, host, context);
};

/** Files and folders from the controller (or within the host) to the host. */
export const copy: ActionModule<Params> = {
  kind: 'action',
  name: 'copy',
  aliases: ['ansible.builtin.copy'],
  summary: 'Copies files and folders to the host, or writes a text into a file',
  params,
  parameters: {
    src: {
      description:
        'The source: looked for in `files/` of the role or playbook; a folder that ends in `/` means its contents',
    },
    content: { description: 'The text itself, in the place of a source; a mapping or list becomes JSON' },
    dest: { description: 'Where on the host', required: true },
    backup: { description: 'Keep what was there under another name', default: false },
    force: { description: 'Replace a file that differs', default: true, aliases: ['thirsty'] },
    remote_src: { description: 'The source is on the host', default: false },
    directory_mode: { description: 'Permissions of new folders' },
    validate: { description: 'A command (with `%s`) that must accept the file first' },
    follow: { description: 'Accepted: a link at the destination is always followed', default: false },
    local_follow: { description: 'Accepted: links in the source are always followed', default: true },
    checksum: { description: 'The SHA-1 that the source must have' },
    decrypt: { description: 'Refuse a source that is a vault; false copies it as it is', default: true },
    ...attributeParameters,
  },
  checkMode: 'runs',
  needsHost: true,
  repeatable: () => true,
  run,
};
