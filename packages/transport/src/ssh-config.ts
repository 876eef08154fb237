import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { patternsMatch, wildcardMatches } from './known-hosts.js';
import { isHonoured, optionError, type SshOptions, setOption, splitWords } from './ssh-options.js';

/** Options that change where or how a connection is made, and that Ratchet's own client cannot follow. */
const REFUSED = new Set([
  'proxycommand',
  'proxyusefdpass',
  'bindaddress',
  'bindinterface',
  'knownhostscommand',
  'certificatefile',
  'pkcs11provider',
  'securitykeyprovider',
  'remotecommand',
  'identityagent',
]);

const MAX_DEPTH = 16;

interface Reading {
  readonly options: SshOptions;
  /** The name that the person wrote; `Host` compares with it. */
  readonly name: string;
  readonly home: string;
}

/**
 * Options of an ssh_config file for one host, added to those already set (the first value of an option counts).
 * Read: `Host`, `Match all|host|originalhost|user` and `Include`. Options that do not change where or how to connect
 * (Compression, ForwardAgent, ControlMaster, …) are passed over. A file that does not exist is empty.
 * @throws `option-invalid` for ProxyCommand, `Match exec` and their like in a block that applies.
 */
export const readSshConfig = (options: SshOptions, file: string, name: string, home: string): void => {
  readFile(file, true, { options, name, home }, 0);
};

const readFile = (file: string, applies: boolean, reading: Reading, depth: number): void => {
  if (depth > MAX_DEPTH) throw optionError('Include is nested too deep', file);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return;
    throw optionError(`The ssh configuration cannot be read: ${code}`, file);
  }
  let active = applies;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const where = `${file}, line ${index + 1}`;
    const [, word = '', rest = ''] = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+|$)(.*)$/.exec(line) ?? [];
    const key = word.toLowerCase();
    if (key === '') continue;
    if (key === 'host') active = applies && patternsMatch(splitWords(rest, where), reading.name);
    else if (key === 'match') active = applies && matchApplies(splitWords(rest, where), reading, where);
    else if (active && key === 'include') include(splitWords(rest, where), reading, depth);
    else if (active) takeOption(word, rest, reading.options, where);
  }
};

const takeOption = (word: string, rest: string, options: SshOptions, where: string): void => {
  const key = word.toLowerCase();
  if (isHonoured(key)) setOption(options, key, splitWords(rest, where), where);
  else if (REFUSED.has(key) && rest.trim().toLowerCase() !== 'none')
    throw optionError(`The ssh option ${word} is not supported here`, where);
};

const matchApplies = (words: readonly string[], reading: Reading, where: string): boolean => {
  const queue = [...words];
  let applies = queue.length > 0;
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const negated = word.startsWith('!');
    const key = (negated ? word.slice(1) : word).toLowerCase();
    if (key === 'all') continue;
    const subject = matchSubject(key, reading);
    if (subject === undefined) throw optionError(`Match ${key} is not supported here`, where);
    const patterns = (queue.shift() ?? '').split(',');
    if (patternsMatch(patterns, subject) === negated) applies = false;
  }
  return applies;
};

const matchSubject = (key: string, { options, name }: Reading): string | undefined => {
  if (key === 'originalhost') return name;
  if (key === 'host') return options.hostName ?? name;
  return key === 'user' ? (options.user ?? '') : undefined;
};

const include = (patterns: readonly string[], reading: Reading, depth: number): void => {
  for (const pattern of patterns) {
    const tilde = pattern.startsWith('~/') ? join(reading.home, pattern.slice(2)) : pattern;
    const path = isAbsolute(tilde) ? tilde : join(reading.home, '.ssh', tilde);
    for (const file of expandLast(path)) readFile(file, true, reading, depth + 1);
  }
};

/** Files for a path whose last part may hold wildcards, sorted. */
const expandLast = (path: string): readonly string[] => {
  if (!/[*?]/.test(path)) return [path];
  const folder = dirname(path);
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.') && wildcardMatches(basename(path), name))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    return []; // A folder that does not exist holds no file.
  }
};
