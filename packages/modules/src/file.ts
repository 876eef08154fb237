import type { ActionContext, ActionModule, ActionResult, FileStatus, HostFiles, HostWriter } from '@ratchet/core';
import { RatchetError } from '@ratchet/core';
import {
  attributeChange,
  attributeParameters,
  changedParts,
  ensureAttributes,
  hasChange,
  makeChange,
  pathInfo,
} from './file-attributes.js';
import { ensureHardLink, ensureSymbolicLink } from './file-links.js';
import { fileTime, type TimeWish } from './file-time.js';
import { type FileParams, type FileWork, fileParams, refusal, STATES, stateName } from './file-work.js';

/** Attributes (and times) of a path that is there, with Ansible's diff. */
const converge = async (
  work: FileWork,
  path: string,
  wishes: { readonly modification: TimeWish; readonly access: TimeWish },
): Promise<{ readonly changed: boolean; readonly before: object; readonly after: object }> => {
  const { files, given, context } = work;
  const status = await files.status(path, given.follow);
  if (!status) return { changed: false, before: {}, after: {} };
  const change = await attributeChange(files, status, given);
  if (hasChange(change) && !context.checkMode) await makeChange(files, path, change, given.follow);
  const mtime = wishes.modification === 'keep' ? status.mtime : wishes.modification;
  const atime = wishes.access === 'keep' ? status.atime : wishes.access;
  const timed = mtime !== status.mtime || atime !== status.atime;
  if (timed && !context.checkMode) await files.setTimes(path, atime, mtime);
  const wanted = { mode: status.mode, uid: status.uid, gid: status.gid, ...change };
  return {
    changed: hasChange(change) || timed,
    before: { ...changedParts(change, status), ...(timed ? { atime: status.atime, mtime: status.mtime } : {}) },
    after: { ...changedParts(change, wanted), ...(timed ? { atime, mtime } : {}) },
  };
};

const wishesOf = (given: FileParams, now: number, touch: boolean) => {
  const otherwise = touch ? 'now' : 'preserve';
  return {
    modification: fileTime(given.modification_time ?? otherwise, given.modification_time_format, now),
    access: fileTime(given.access_time ?? otherwise, given.access_time_format, now),
  };
};

const asFile = async (work: FileWork): Promise<ActionResult> => {
  const { path, found, given, files, context } = work;
  if (!found)
    return { failed: true, msg: `file (${path}) is absent, cannot continue`, values: { path, state: 'absent' } };
  if (found.kind === 'directory') return refusal(work, `file (${path}) is directory, cannot continue`);
  const end = await converge(work, path, wishesOf(given, context.now() / 1000, false));
  const diff = { before: { path, ...end.before }, after: { path, ...end.after } };
  const named = stateName(found) === 'hard' && given.state === undefined ? { dest: path, src: null } : { path };
  return { changed: end.changed, values: { ...named, diff, ...(await pathInfo(files, path)) } };
};

const below = async (files: HostFiles, folder: string): Promise<readonly string[]> => {
  const paths: string[] = [];
  for (const name of await files.list(folder)) {
    const path = `${folder}/${name}`;
    paths.push(path);
    if ((await files.status(path, false))?.kind === 'directory') paths.push(...(await below(files, path)));
  }
  return paths;
};

const parentsOf = (path: string): readonly string[] => {
  const parts = path.replace(/\/+$/, '').split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/')).filter((one) => one !== '');
};

/** Makes a folder and those above it that are missing; the new ones above get the attributes here. */
const makeFolders = async ({ path, files, given, context }: FileWork): Promise<void> => {
  for (const one of parentsOf(path)) {
    if (await files.status(one, true)) continue;
    await files.makeFolder(one);
    if (one !== path) await ensureAttributes(files, one, given, { follow: false, check: context.checkMode });
  }
};

const asDirectory = async (work: FileWork): Promise<ActionResult> => {
  const { path, given, files, context } = work;
  const found = given.follow && work.found?.kind === 'link' ? await files.status(path, true) : work.found;
  if (found && found.kind !== 'directory') return refusal(work, `${path} already exists as a ${stateName(found)}`);
  const missing = { before: { path, state: 'absent' }, after: { path, state: 'directory' } };
  if (!found && context.checkMode) return { changed: true, values: { path, diff: missing } };
  if (!found) await files.makeFolder(path).catch(() => makeFolders(work));
  const end = await converge(work, path, wishesOf(given, context.now() / 1000, false));
  let changed = end.changed || !found;
  if (given.recurse)
    for (const one of await below(files, path))
      if (await ensureAttributes(files, one, given, { follow: given.follow, check: context.checkMode })) changed = true;
  const diff = {
    before: { ...(found ? { path } : missing.before), ...end.before },
    after: { ...(found ? { path } : missing.after), ...end.after },
  };
  return { changed, values: { path, diff, ...(await pathInfo(files, path)) } };
};

const asTouched = async (work: FileWork): Promise<ActionResult> => {
  const { path, found, given, files, context } = work;
  if (!found && context.checkMode) return { changed: true, values: { dest: path } };
  const now = context.now() / 1000;
  try {
    if (!found) await files.create(path, 0o666);
  } catch (thrown) {
    if (!(thrown instanceof RatchetError) || thrown.details['missing'] !== true) throw thrown;
    const msg = `Error, could not touch target: [Errno 2] No such file or directory: b'${path}'`;
    return { failed: true, msg, values: { path } };
  }
  const end = await converge(work, path, wishesOf(given, now, true));
  const diff = {
    before: { path, state: stateName(found), ...end.before },
    after: { path, state: 'touch', ...end.after },
  };
  return { changed: end.changed || !found, values: { dest: path, diff, ...(await pathInfo(files, path)) } };
};

const contentsOf = async (files: HostFiles, path: string): Promise<object> => {
  const [folders, rest]: [string[], string[]] = [[], []];
  for (const one of await below(files, path))
    ((await files.status(one, false))?.kind === 'directory' ? folders : rest).push(one);
  return { path_content: { directories: folders, files: rest } };
};

const asAbsent = async (work: FileWork): Promise<ActionResult> => {
  const { path, found, files, context } = work;
  if (!found) return { values: { path, state: 'absent' } };
  const inside = found.kind === 'directory' ? await contentsOf(files, path) : {};
  const diff = { before: { path, state: stateName(found), ...inside }, after: { path, state: 'absent' } };
  const info = context.checkMode ? await pathInfo(files, path) : { state: 'absent' };
  if (!context.checkMode) await files.remove(path);
  return { changed: true, values: { path, diff, ...info } };
};

const WORKERS: Readonly<Record<(typeof STATES)[number], (work: FileWork) => Promise<ActionResult>>> = {
  file: asFile,
  directory: asDirectory,
  touch: asTouched,
  absent: asAbsent,
  link: ensureSymbolicLink,
  hard: ensureHardLink,
};

const stateOf = (given: FileParams, found: FileStatus | null): (typeof STATES)[number] => {
  if (given.state !== undefined) return given.state;
  if (found?.kind === 'directory' || (!found && given.recurse)) return 'directory';
  return found?.kind === 'link' ? 'link' : 'file';
};

const run = async (given: FileParams, host: HostWriter, context: ActionContext): Promise<ActionResult> => {
  const { files } = host;
  const expanded = (await files.expand(given.path)).replace(/(?<=.)\/+$/, '');
  const first = await files.status(expanded, false);
  const state = stateOf(given, first);
  const follows = given.follow && first?.kind === 'link' && (state === 'file' || state === 'touch');
  const there = follows ? await files.status(expanded, true) : first;
  const path = follows && there ? await files.resolve(expanded) : expanded;
  const work = { given, path, found: there, files, context };
  try {
    return await WORKERS[state](work);
  } catch (thrown) {
    if (!(thrown instanceof RatchetError) || thrown.code !== 'task-failed') throw thrown;
    return refusal(work, thrown.message);
  }
};

/** Files, folders and links with their owner and permissions. */
export const file: ActionModule<FileParams> = {
  kind: 'action',
  name: 'file',
  aliases: ['ansible.builtin.file'],
  summary: 'Makes files, folders and links, removes them, and sets their owner and permissions',
  params: fileParams,
  parameters: {
    path: { description: 'The path', required: true, aliases: ['dest', 'name'] },
    state: { description: 'What is to be there; what is there already unless told', choices: [...STATES] },
    src: { description: 'What a link leads to' },
    recurse: { description: 'Set owner and permissions of everything in a folder', default: false },
    force: {
      description: 'Make a link though its source is missing or something else is in its place',
      default: false,
    },
    follow: { description: 'Of a link, change what it leads to', default: true },
    modification_time: { description: '`preserve`, `now`, or a time' },
    modification_time_format: { description: 'How it is written', default: '%Y%m%d%H%M.%S' },
    access_time: { description: '`preserve`, `now`, or a time' },
    access_time_format: { description: 'How it is written', default: '%Y%m%d%H%M.%S' },
    ...attributeParameters,
  },
  checkMode: 'runs',
  needsHost: true,
  repeatable: ({ state }) => state !== 'touch',
  run,
};
