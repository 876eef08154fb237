import type { ActionResult } from '@ratchet/core';
import { ensureAttributes, pathInfo } from './file-attributes.js';
import { type FileWork, refusal, stateName } from './file-work.js';

const absolute = (src: string, path: string): string =>
  src.startsWith('/') ? src : `${path.replace(/\/[^/]*$/, '') || '/'}/${src}`;

const NOTHING = { changed: false, replace: false };

/** What is in a link's place is replaced only by force, and a folder only when it is empty. */
const inTheWay = async (work: FileWork, kind: 'symlink' | 'hard link'): Promise<ActionResult | null> => {
  const { found, given, path, files } = work;
  if (!found || found.kind === 'link') return null;
  if (found.kind === 'directory') {
    if (!given.force) return refusal(work, `refusing to convert from directory to ${kind} for ${path}`);
    const empty = (await files.list(path)).length === 0;
    return empty ? null : refusal(work, `the directory ${path} is not empty, refusing to convert it`);
  }
  if (given.force || kind === 'hard link') return null;
  return refusal(work, `refusing to convert from ${stateName(found)} to symlink for ${path}`);
};

/** A symbolic link. */
export const ensureSymbolicLink = async (work: FileWork): Promise<ActionResult> => {
  const { given, path, found, files, context } = work;
  const src = given.src === undefined ? found?.target : given.src;
  if (src === undefined) return refusal(work, 'src is required for creating new symlinks');
  const source = given.src === undefined ? src : await files.expand(src);
  const there = await files.status(absolute(source, path), true);
  if (!there && !given.force) {
    const msg = `src file does not exist, use "force=yes" if you really want to create the link: ${absolute(source, path)}`;
    return refusal(work, msg, { src: source });
  }
  const blocked = await inTheWay(work, 'symlink');
  if (blocked) return blocked;
  const same = found?.kind === 'link' && found.target === source;
  const step = same ? NOTHING : { changed: true, replace: found !== null };
  if (step.changed && !context.checkMode) {
    if (step.replace) await files.remove(path);
    await files.symbolicLink(path, source);
  }
  const before = found?.kind === 'link' ? (same ? {} : { src: found.target }) : { state: stateName(found) };
  const after = found?.kind === 'link' ? (same ? {} : { src: source }) : { state: 'link' };
  const diff = { before: { path, ...before }, after: { path, ...after } };
  const attributes =
    there && (!context.checkMode || same)
      ? await ensureAttributes(files, path, given, { follow: given.follow, check: context.checkMode })
      : false;
  const info = there && !context.checkMode ? await pathInfo(files, path) : {};
  return { changed: step.changed || attributes, values: { dest: path, src: source, diff, ...info } };
};

/** A hard link: another name of the same file. */
export const ensureHardLink = async (work: FileWork): Promise<ActionResult> => {
  const { given, path, found, files, context } = work;
  const src = await files.expand(given.src as string);
  const source = await files.status(src, true);
  if (!src.startsWith('/')) return refusal(work, 'absolute paths are required');
  if (!source) return { failed: true, msg: 'src does not exist', values: { dest: path, src } };
  const blocked = await inTheWay(work, 'hard link');
  if (blocked) return blocked;
  const same = found !== null && found.inode === source.inode && found.device === source.device;
  if (!same && found && !given.force) {
    const msg = 'Cannot link, different hard link exists at destination';
    return { failed: true, msg, values: { dest: path, src } };
  }
  if (!same && !context.checkMode) {
    if (found) await files.remove(path);
    await files.hardLink(path, src);
  }
  const diff = {
    before: { path, ...(same ? {} : { state: stateName(found) }) },
    after: { path, ...(same ? {} : { state: 'hard' }) },
  };
  const attributes = context.checkMode
    ? false
    : await ensureAttributes(files, path, given, { follow: true, check: false });
  return { changed: !same || attributes, values: { dest: path, src, diff, ...(await pathInfo(files, path)) } };
};
