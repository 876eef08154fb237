import { win32 } from 'node:path';
import type { ActionModule, FileStatus, HostWriter } from '@ratchet/core';
import { z } from 'zod';
import { checksum } from './checksum.js';
import { lastName } from './host-path.js';
import { flag, text } from './parameter-values.js';

const ALGORITHMS = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const;

const params = z.strictObject({
  path: text,
  get_checksum: flag.default(true),
  get_size: flag.default(true),
  checksum_algorithm: z.enum(ALGORITHMS).default('sha1'),
  follow: flag.default(false),
});
type Params = z.infer<typeof params>;

/** Letters in which cmd.exe tells attributes (`for /?`, `%~aI`), in the words of .NET, in its order. */
const WORDS: readonly (readonly [string, string])[] = [
  ['r', 'ReadOnly'],
  ['h', 'Hidden'],
  ['s', 'System'],
  ['d', 'Directory'],
  ['a', 'Archive'],
  ['t', 'Temporary'],
  ['l', 'ReparsePoint'],
  ['c', 'Compressed'],
  ['o', 'Offline'],
  ['i', 'NotContentIndexed'],
  ['e', 'Encrypted'],
];

const facts = (path: string, found: FileStatus): Readonly<Record<string, unknown>> => {
  const letters = found.attributes ?? '';
  const has = (letter: string): boolean => letters.includes(letter);
  // A drive has no name but its path.
  const name = /^[A-Za-z]:[\\/]?$/.test(path) ? path : lastName(path);
  const folder = found.kind === 'directory';
  return {
    exists: true,
    path: /^[A-Za-z]:[\\/]/.test(path) ? win32.normalize(path) : path,
    isdir: folder || (found.kind === 'link' && has('d')),
    isreg: found.kind === 'file',
    islnk: found.kind === 'link',
    isjunction: false,
    isarchive: has('a'),
    ishidden: has('h'),
    isreadonly: has('r'),
    attributes: WORDS.filter(([letter]) => has(letter))
      .map(([, word]) => word)
      .join(', '),
    filename: name,
    ...(folder ? {} : { extension: /\.[^.]*$/.exec(name)?.[0] ?? '' }),
    ...(found.mtime === 0 ? {} : { lastwritetime: found.mtime, lastaccesstime: found.atime }),
  };
};

const contents = async (given: Params, path: string, found: FileStatus, host: HostWriter) => {
  if (found.kind !== 'file') return {};
  return {
    ...(given.get_size ? { size: found.size } : {}),
    ...(given.get_checksum ? { checksum: checksum(await host.files.read(path), given.checksum_algorithm) } : {}),
  };
};

/** What a Windows host's file system tells of a path. */
export const winStat: ActionModule<Params> = {
  kind: 'action',
  name: 'win_stat',
  aliases: ['ansible.windows.win_stat'],
  summary: 'Tells what is at a path of a Windows host: kind, attributes, size, times, checksum',
  params,
  parameters: {
    path: { description: 'The path', required: true, aliases: ['dest', 'name'] },
    get_checksum: { description: 'Tell a file’s checksum', default: true },
    get_size: { description: 'Tell a file’s size', default: true },
    checksum_algorithm: { description: 'How the checksum is made', default: 'sha1', choices: [...ALGORITHMS] },
    follow: { description: 'Accepted: cmd.exe tells of a link itself', default: false },
  },
  checkMode: 'runs',
  needsHost: true,
  repeatable: () => true,
  async run(given, host) {
    const path = await host.files.expand(given.path);
    const found = await host.files.status(path, given.follow);
    if (!found) return { values: { stat: { exists: false } } };
    return { values: { stat: { ...facts(path, found), ...(await contents(given, path, found, host)) } } };
  },
};
