import type { ActionContext, ActionResult, HostWriter } from '@ratchet/core';
import { type Attributes, ensureAttributes } from './file-attributes.js';
import type { FileText } from './file-text.js';
import { makeFoldersFor } from './host-path.js';
import { placeFile } from './place-file.js';

/** A text file of the host before and after an edit. */
interface Rewrite extends Attributes {
  readonly path: string;
  readonly content: FileText;
  /** null: it is not there. */
  readonly before: string | null;
  readonly after: string;
  readonly message: string;
  readonly backup: boolean;
  readonly validate?: string | undefined;
  readonly more: Readonly<Record<string, unknown>>;
}

/** Writes an edited file and sets its attributes, in the result fields of lineinfile and blockinfile. */
export const rewriteFile = async (given: Rewrite, host: HostWriter, context: ActionContext): Promise<ActionResult> => {
  const { path, before, after, more } = given;
  const { shown: showing } = given.content;
  const edited = before !== after;
  let backup = '';
  if (edited && !context.checkMode) {
    if (before === null) await makeFoldersFor(host.files, path);
    const bytes = given.content.bytes(after);
    const { backup: wanted, validate } = given;
    const end = await placeFile(
      { bytes, dest: path, source: path, attributes: {}, sourceMode: 0o644, backup: wanted, validate },
      host,
      context,
    );
    if (end.failed) return end;
    backup = String(end.values?.['backup_file'] ?? '');
  }
  const attributes =
    before === null && context.checkMode
      ? false
      : await ensureAttributes(host.files, path, given, { follow: true, check: context.checkMode });
  const notes = [
    ...(edited ? [given.message] : []),
    ...(attributes ? ['ownership, perms or SE linux context changed'] : []),
  ];
  const shown = context.diffMode ? { before: showing(before ?? ''), after: showing(after) } : { before: '', after: '' };
  const diff = [
    { ...shown, before_header: `${path} (content)`, after_header: `${path} (content)` },
    { before_header: `${path} (file attributes)`, after_header: `${path} (file attributes)` },
  ];
  return { changed: edited || attributes, msg: notes.join(' and '), values: { backup, diff, ...more } };
};
