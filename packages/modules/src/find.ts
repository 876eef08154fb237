import type { ActionModule, FileStatus, HostFiles } from '@ratchet/core';
import { z } from 'zod';
import { checksum } from './checksum.js';
import { type FindWishes, findWishes, isWanted } from './find-wishes.js';
import { joinPath } from './host-path.js';
import { commaList, flag, oneOrMore, text } from './parameter-values.js';
import { statFacts } from './stat-facts.js';

const params = z.strictObject({
  paths: commaList,
  patterns: oneOrMore(text).optional(),
  excludes: oneOrMore(text).optional(),
  contains: text.optional(),
  read_whole_file: flag.default(false),
  file_type: z.enum(['any', 'directory', 'file', 'link']).default('file'),
  age: text.optional(),
  age_stamp: z.enum(['atime', 'ctime', 'mtime']).default('mtime'),
  size: text.optional(),
  recurse: flag.default(false),
  hidden: flag.default(false),
  follow: flag.default(false),
  get_checksum: flag.default(false),
  use_regex: flag.default(false),
  depth: z.coerce.number().int().min(1).optional(),
});

interface Walk {
  readonly files: HostFiles;
  readonly wishes: FindWishes;
  readonly now: number;
  readonly found: { path: string; status: FileStatus }[];
  examined: number;
}

const walk = async (folder: string, level: number, state: Walk): Promise<void> => {
  const { files, wishes } = state;
  const below: string[] = [];
  for (const name of await files.list(folder)) {
    const path = joinPath(folder, name);
    const status = await files.status(path, wishes.follow);
    if (!status) continue;
    state.examined += 1;
    if (await isWanted(files, path, name, status, wishes, state.now)) state.found.push({ path, status });
    if (status.kind === 'directory') below.push(path);
  }
  if (!wishes.recurse) return;
  // Ansible counts the names of the level below the last one too.
  if (level === wishes.depth) for (const path of below) state.examined += (await files.list(path)).length;
  else for (const path of below) await walk(path, level + 1, state);
};

/** Files of the host by name, age, size and contents. */
export const find: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'find',
  aliases: ['ansible.builtin.find'],
  summary: 'Lists files of the host by name, age, size and contents',
  params,
  parameters: {
    paths: { description: 'The folders to look in', required: true, aliases: ['name', 'path'] },
    patterns: { description: 'Shell patterns (or regular expressions) for names', aliases: ['pattern'] },
    excludes: { description: 'The same, for names that do not count', aliases: ['exclude'] },
    contains: { description: 'A regular expression that a line of the file must match' },
    read_whole_file: { description: 'Match it against the whole file', default: false },
    file_type: { description: 'What to list', default: 'file', choices: ['any', 'directory', 'file', 'link'] },
    age: { description: 'Older than (or with `-` younger than): `30s`, `5m`, `2h`, `1d`, `4w`' },
    age_stamp: { description: 'Which time', default: 'mtime', choices: ['atime', 'ctime', 'mtime'] },
    size: { description: 'At least (or with `-` at most): `10k`, `2m`, `1g`' },
    recurse: { description: 'Look in folders below too', default: false },
    hidden: { description: 'List names that begin with a dot', default: false },
    follow: { description: 'Of a link, tell what it leads to', default: false },
    get_checksum: { description: 'Tell SHA-1 checksums', default: false },
    use_regex: { description: 'Patterns are regular expressions', default: false },
    depth: { description: 'How many levels deep' },
  },
  checkMode: 'runs',
  needsHost: true,
  repeatable: () => true,
  async run(given, host, context) {
    const { files } = host;
    const wishes = findWishes(given);
    const state: Walk = { files, wishes, now: context.now() / 1000, found: [], examined: 0 };
    const skipped: Record<string, string> = {};
    for (const one of given.paths) {
      const path = await files.expand(one);
      if ((await files.status(path, true))?.kind === 'directory') await walk(path, 1, state);
      else skipped[path] = `'${path}' is not a directory`;
    }
    const listed = [];
    for (const { path, status } of state.found) {
      const sum = given.get_checksum && status.kind === 'file' ? { checksum: checksum(await files.read(path)) } : {};
      listed.push({ path, ...(await statFacts(files, status)), ...sum });
    }
    const none = Object.keys(skipped).length === 0;
    const msg = none ? 'All paths examined' : 'Not all paths examined, check warnings for details';
    const values = { files: listed, matched: listed.length, examined: state.examined, skipped_paths: skipped };
    return { msg, values };
  },
};
