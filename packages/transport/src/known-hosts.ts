import { createHmac, timingSafeEqual } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RatchetError } from '@ratchet/core';

/** One usable line of a known_hosts file. */
export interface KnownHost {
  readonly file: string;
  readonly line: number;
  readonly patterns: string;
  readonly revoked: boolean;
  readonly type: string;
  readonly key: Buffer;
}

/** A line that was passed over and why; shown when no key was found. */
export interface SkippedLine {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

export interface KnownHosts {
  readonly entries: readonly KnownHost[];
  readonly skipped: readonly SkippedLine[];
}

/** The name under which a server's key is stored: `name` on port 22, `[name]:port` on any other (sshd(8)). */
export const knownHostName = (address: string, port: number): string => {
  const name = address.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
};

const parseLine = (text: string, file: string, line: number): KnownHost | SkippedLine | undefined => {
  const fields = text.trim().split(/\s+/);
  if (fields[0] === '' || fields[0]?.startsWith('#')) return undefined;
  const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
  if (marker === '@cert-authority')
    return { file, line, reason: 'a @cert-authority line (host certificates are not supported)' };
  if (marker !== undefined && marker !== '@revoked') return { file, line, reason: `unknown marker ${marker}` };
  const [patterns, type, encoded] = fields;
  if (patterns === undefined || type === undefined || encoded === undefined)
    return { file, line, reason: 'less than three fields' };
  const key = Buffer.from(encoded, 'base64');
  if (keyType(key) !== type) return { file, line, reason: `not a key of type ${type}` };
  return { file, line, patterns, revoked: marker === '@revoked', type, key };
};

/** The type that a key in wire form names in its first field, or '' (RFC 4253, section 6.6). */
export const keyType = (key: Buffer): string => {
  if (key.length < 4) return '';
  const length = key.readUInt32BE(0);
  return length > 64 || key.length < 4 + length ? '' : key.toString('latin1', 4, 4 + length);
};

/** The lines of one known_hosts text. Never throws: a line that means nothing is listed in `skipped`. */
export const parseKnownHosts = (text: string, file: string): KnownHosts => {
  const parsed = text.split(/\r?\n/).map((line, index) => parseLine(line, file, index + 1));
  return {
    entries: parsed.filter((item): item is KnownHost => item !== undefined && 'key' in item),
    skipped: parsed.filter((item): item is SkippedLine => item !== undefined && 'reason' in item),
  };
};

/** What was read last of each file: a fleet's connections look at the same few files, one for each host. */
const parsedFiles = new Map<string, { readonly text: string; readonly hosts: KnownHosts }>();

const hostsIn = async (file: string): Promise<KnownHosts> => {
  const text = await readIfThere(file);
  const last = parsedFiles.get(file);
  if (last?.text === text) return last.hosts;
  const hosts = parseKnownHosts(text, file);
  parsedFiles.set(file, { text, hosts });
  return hosts;
};

/** All the files together. A file that does not exist is empty; one that cannot be read is an error (`host-key`). */
export const readKnownHosts = async (files: readonly string[]): Promise<KnownHosts> => {
  const all = await Promise.all(files.map(hostsIn));
  return { entries: all.flatMap((one) => one.entries), skipped: all.flatMap((one) => one.skipped) };
};

const readIfThere = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new RatchetError('host-key', `The known_hosts file ${file} cannot be read.`, { cause });
  }
};

const hashedMatches = (pattern: string, name: string): boolean => {
  const [, version, salt, hash] = pattern.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
};

/** Whether a pattern with `*` and `?` covers the whole name. */
export const wildcardMatches = (pattern: string, name: string): boolean => {
  if (!/[*?]/.test(pattern)) return pattern === name;
  const source = [...pattern].map((char) =>
    char === '*' ? '.*' : char === '?' ? '.' : char.replace(/[\\^$.|+()[\]{}]/g, '\\$&'),
  );
  return new RegExp(`^${source.join('')}$`, 's').test(name);
};

/** Whether a list of patterns covers the name: one that matches and none with `!` that does. */
export const patternsMatch = (patterns: readonly string[], name: string): boolean => {
  const positive = patterns.filter((pattern) => !pattern.startsWith('!'));
  const negative = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  return (
    positive.some((pattern) => wildcardMatches(pattern, name)) &&
    !negative.some((pattern) => wildcardMatches(pattern, name))
  );
};

/** Whether a line is about this name (as `knownHostName` or an alias gives it). */
export const entryMatches = (entry: KnownHost, name: string): boolean =>
  entry.patterns.startsWith('|')
    ? hashedMatches(entry.patterns, name)
    : patternsMatch(entry.patterns.toLowerCase().split(','), name.toLowerCase());

const writers = new Map<string, Promise<void>>();

/**
 * Appends one line for a key to a file that only its owner can read. The line is one write in append mode, so that
 * other processes' lines are neither torn nor lost; in this process writers of one file queue up.
 */
export const appendKnownHost = (file: string, name: string, key: Buffer): Promise<void> => {
  const line = `${name} ${keyType(key)} ${key.toString('base64')}\n`;
  const previous = writers.get(file) ?? Promise.resolve();
  const next = previous.catch(() => undefined).then(() => appendLine(file, line));
  writers.set(file, next);
  return next;
};

const appendLine = async (file: string, line: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const lead = size > 0 && last[0] !== 0x0a ? '\n' : '';
    await handle.write(lead + line);
  } finally {
    await handle.close();
  }
};
