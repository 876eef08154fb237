import { type Dict, fromPlain, RatchetError, type SourceFile } from '@ratchet/core';
import type { CensusBuilder } from './builder.js';

const bad = (path: string, message: string, cause?: unknown): RatchetError =>
  new RatchetError('inventory-invalid', `The inventory script ${path} ${message}`, {
    cause,
    hint: `Run "${path} --list" by hand: it must print one JSON object of groups.`,
    details: { path },
  });

const run = async (path: string, args: readonly string[]): Promise<unknown> => {
  // Loaded here: most inventories are files, and loading execa takes a good part of a short run.
  const { execa } = await import('execa');
  const result = await execa(path.includes('/') ? path : `./${path}`, [...args], { reject: false, stdin: 'ignore' });
  if (result.failed) throw bad(path, `failed: ${result.stderr?.trim() || result.shortMessage || 'no message'}`);
  try {
    return JSON.parse(result.stdout);
  } catch (cause) {
    throw bad(path, 'did not print JSON.', cause);
  }
};

const object = (value: unknown, path: string, what: string): Readonly<Record<string, unknown>> => {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw bad(path, `gave something else than an object for ${what}.`);
  return value as Record<string, unknown>;
};

const texts = (value: unknown, path: string, what: string): readonly string[] => {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
    throw bad(path, `gave something else than a list of names for ${what}.`);
  return value;
};

// What a script prints is data; nothing in it is ever a template.
const variables = (value: unknown, path: string, what: string): Dict => fromPlain(object(value, path, what)) as Dict;

/** Reads an executable inventory (`--list`, with `_meta`, or `--host NAME` for each host without it); hosts that only `_meta` names do not count. */
export const readScriptSource = async (builder: CensusBuilder, path: string): Promise<void> => {
  const listing = object(await run(path, ['--list']), path, 'its output');
  const file: SourceFile = { path, text: '' };
  const position = { file, offset: 0 };
  const meta = listing['_meta'] === undefined ? undefined : object(listing['_meta'], path, '_meta');
  const hostVars = meta && object(meta['hostvars'], path, '_meta.hostvars');
  const hosts = new Map<string, Set<string>>();
  for (const [group, written] of Object.entries(listing)) {
    if (group === '_meta') continue;
    const body = Array.isArray(written) ? { hosts: written } : object(written, path, `the group "${group}"`);
    builder.addGroup(group);
    for (const child of texts(body['children'], path, `children of "${group}"`))
      builder.addChild(group, child, position);
    for (const [name, value] of variables(body['vars'], path, `vars of "${group}"`))
      builder.setGroupVar(group, name, value);
    for (const host of texts(body['hosts'], path, `hosts of "${group}"`))
      hosts.set(host, (hosts.get(host) ?? new Set()).add(group));
  }
  for (const [host, groups] of hosts) {
    const known = hostVars && Object.hasOwn(hostVars, host) ? hostVars[host] : undefined;
    const given = hostVars ? known : await run(path, ['--host', host]);
    const vars = variables(given, path, `the host "${host}"`);
    for (const group of groups) builder.addHosts(host, group, vars, path, position, { verbatim: true });
  }
};
