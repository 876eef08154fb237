import type { ActionModule, FileStatus, HostFiles, HostWriter } from '@ratchet/core';
import { z } from 'zod';
import { checksum } from './checksum.js';
import { flag, text } from './parameter-values.js';
import { posixWord } from './shell-words.js';
import { nameFacts, plainFacts } from './stat-facts.js';

const ALGORITHMS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;

const params = z.strictObject({
  path: text,
  follow: flag.default(false),
  get_checksum: flag.default(true),
  get_mime: flag.default(true),
  get_attributes: flag.default(true),
  checksum_algorithm: z.enum(ALGORITHMS).default('sha1'),
});
type Params = z.infer<typeof params>;

type Facts = Readonly<Record<string, unknown>>;

const linkFacts = async (files: HostFiles, path: string, found: FileStatus): Promise<Facts> => {
  if (found.target === undefined) return {};
  const whole = found.target.startsWith('/') ? found.target : `${path.replace(/\/[^/]*$/, '') || '.'}/${found.target}`;
  const there = await files.status(path, true);
  const source = there ? await files.resolve(path) : whole;
  return { lnk_source: source, lnk_target: found.target };
};

const mimeFacts = async (host: HostWriter, path: string): Promise<Facts> => {
  const unknown = { mimetype: 'unknown', charset: 'unknown' };
  const { rc, stdout } = await host.query(`file --mime-type --mime-encoding -- ${posixWord(path)}`);
  const found = /: ([^:;]+); charset=(\S+)\s*$/.exec(stdout);
  return rc === 0 && found ? { mimetype: found[1], charset: found[2] } : unknown;
};

/** The letters of lsattr, in Ansible's words. */
const FLAGS: Readonly<Record<string, string>> = {
  A: 'noatime',
  a: 'append',
  c: 'compressed',
  C: 'nocow',
  d: 'nodump',
  D: 'dirsync',
  e: 'extents',
  E: 'encrypted',
  h: 'blocksize',
  i: 'immutable',
  I: 'indexed',
  j: 'journalled',
  N: 'inline',
  s: 'zero',
  S: 'synchronous',
  t: 'notail',
  T: 'blockroot',
  u: 'undelete',
  X: 'compressedraw',
  Z: 'compresseddirty',
};

const attributeFacts = async (host: HostWriter, path: string): Promise<Facts> => {
  const { rc, stdout } = await host.query(`lsattr -vd -- ${posixWord(path)}`);
  const found = /^\s*(\d+)\s+(\S+)/.exec(stdout);
  if (rc !== 0 || !found) return { version: null, attributes: [], attr_flags: '' };
  const flags = (found[2] as string).replaceAll('-', '');
  return { version: found[1], attr_flags: flags, attributes: [...flags].flatMap((flag) => FLAGS[flag] ?? []) };
};

const allFacts = async (given: Params, path: string, found: FileStatus, host: HostWriter): Promise<Facts> => {
  const { files } = host;
  const posix = host.connection.kind === 'local';
  const access = await files.access(path);
  const facts: Facts[] = [
    { exists: true, path: given.path },
    plainFacts(found),
    { readable: access.read, writeable: access.write, executable: access.execute },
    await linkFacts(files, path, found),
    posix ? await nameFacts(files, found) : {},
  ];
  const regular = found.kind === 'file' && access.read;
  if (given.get_checksum && regular)
    facts.push({ checksum: checksum(await files.read(path), given.checksum_algorithm) });
  if (posix && given.get_mime) facts.push(await mimeFacts(host, path));
  if (posix && given.get_attributes) facts.push(await attributeFacts(host, path));
  return Object.assign({}, ...facts);
};

/** What the host's file system tells of a path. */
export const stat: ActionModule<Params> = {
  kind: 'action',
  name: 'stat',
  aliases: ['ansible.builtin.stat'],
  summary: 'Tells what is at a path: kind, owner, permissions, times, checksum',
  params,
  parameters: {
    path: { description: 'The path', required: true, aliases: ['dest', 'name'] },
    follow: { description: 'Of a link, tell what it leads to', default: false },
    get_checksum: { description: 'Tell a file’s checksum', default: true, aliases: ['checksum'] },
    get_mime: {
      description: 'Tell what `file` takes its contents for',
      default: true,
      aliases: ['mime', 'mime_type', 'mime-type'],
    },
    get_attributes: { description: 'Tell what `lsattr` says', default: true, aliases: ['attr', 'attributes'] },
    checksum_algorithm: {
      description: 'How the checksum is made',
      default: 'sha1',
      choices: [...ALGORITHMS],
      aliases: ['checksum_algo', 'algorithm'],
    },
  },
  checkMode: 'runs',
  needsHost: true,
  repeatable: () => true,
  async run(given, host) {
    const path = await host.files.expand(given.path);
    const found = await host.files.status(path, given.follow);
    if (!found) return { values: { stat: { exists: false } } };
    return { values: { stat: await allFacts(given, path, found, host) } };
  },
};
