import type { ActionContext, ActionModule, ActionResult, HostWriter } from '@ratchet/core';
import { RatchetError } from '@ratchet/core';
import { z } from 'zod';
import { pathInfo } from './file-attributes.js';
import { commaList, seconds, text } from './parameter-values.js';
import { drained, portIsOpen } from './port-state.js';
import { pythonPattern } from './python-pattern.js';

const STATES = ['absent', 'drained', 'present', 'started', 'stopped'] as const;

const port = z.unknown().transform((given, context): number => {
  const number = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 65535) return number;
  context.addIssue({ code: 'custom', message: `must be the number of a port, not ${JSON.stringify(given)}` });
  return z.NEVER;
});

const params = z
  .strictObject({
    host: text.default('127.0.0.1'),
    port: port.optional(),
    path: text.optional(),
    search_regex: text.optional(),
    state: z.enum(STATES).default('started'),
    delay: seconds.default(0),
    timeout: seconds.default(300),
    connect_timeout: seconds.default(5),
    sleep: seconds.default(1),
    msg: text.optional(),
    exclude_hosts: commaList.optional(),
    active_connection_states: commaList.default([
      'ESTABLISHED',
      'FIN_WAIT1',
      'FIN_WAIT2',
      'SYN_RECV',
      'SYN_SENT',
      'TIME_WAIT',
    ]),
  })
  .refine((given) => given.port === undefined || given.path === undefined, {
    message: 'port and path parameter can not both be passed to wait_for',
  })
  .refine((given) => given.path === undefined || !['stopped', 'drained'].includes(given.state), {
    path: ['state'],
    message: 'state=stopped and state=drained are for ports, not for a path',
  })
  .refine((given) => given.exclude_hosts === undefined || given.state === 'drained', {
    path: ['exclude_hosts'],
    message: 'exclude_hosts should only be with state=drained',
  });
type Params = z.infer<typeof params>;

type Match = Readonly<Record<string, unknown>>;

const NO_MATCH: Match = { match_groups: [], match_groupdict: {} };

const matchIn = (content: string, pattern: RegExp): Match | null => {
  const found = pattern.exec(content);
  if (!found) return null;
  return { match_groups: found.slice(1).map((one) => one ?? null), match_groupdict: { ...found.groups } };
};

/** What is waited for, asked once: the fields it found, or null when it is not so yet. */
type Question = () => Promise<Match | null>;

const aboutPath = (given: Params, path: string, host: HostWriter): Question => {
  const { files } = host;
  const pattern = given.search_regex === undefined ? undefined : pythonPattern(given.search_regex);
  return async () => {
    const there = await files.status(path, true);
    if (given.state === 'absent') return there ? null : NO_MATCH;
    if (!there) return null;
    if (pattern === undefined) return NO_MATCH;
    try {
      return matchIn(Buffer.from(await files.read(path)).toString('latin1'), pattern);
    } catch (thrown) {
      // It may be gone again, or be a folder: then it is not so yet.
      if (thrown instanceof RatchetError && thrown.code === 'command-failed') return null;
      throw thrown;
    }
  };
};

const aboutPort = (given: Params, number: number, host: HostWriter, context: ActionContext): Question => {
  const pattern = given.search_regex === undefined ? undefined : pythonPattern(given.search_regex);
  const ms = given.connect_timeout * 1000;
  if (given.state === 'drained')
    return async () =>
      (await drained(host, number, given.exclude_hosts ?? [], given.active_connection_states)) ? NO_MATCH : null;
  if (pattern !== undefined && given.state !== 'stopped' && given.state !== 'absent')
    return async () => {
      const { text: said } = await context.controller.knock(given.host, number, ms, (sofar) => pattern.test(sofar));
      return matchIn(said, pattern);
    };
  return async () => {
    const open = await portIsOpen(host, context, given.host, number, ms);
    return open === (given.state === 'started' || given.state === 'present') ? NO_MATCH : null;
  };
};

const waitedFor = ({ host, port: number, path, search_regex, state }: Params): string => {
  const what = path ?? `${host}:${number}`;
  if (path !== undefined && search_regex !== undefined)
    return `Timeout when waiting for search string ${search_regex} in ${path}`;
  if (path === undefined && search_regex !== undefined && state !== 'stopped')
    return `Timeout when waiting for search string ${search_regex} in ${what}`;
  if (state === 'absent' && path !== undefined) return `Timeout when waiting for ${what} to be absent.`;
  if (state === 'stopped' || state === 'absent') return `Timeout when waiting for ${what} to stop.`;
  if (state === 'drained') return `Timeout when waiting for ${what} to drain`;
  return path === undefined ? `Timeout when waiting for ${what}` : `Timeout when waiting for file ${what}`;
};

const run = async (given: Params, host: HostWriter, context: ActionContext): Promise<ActionResult> => {
  const start = context.now();
  const elapsed = (): number => Math.floor((context.now() - start) / 1000);
  const about = {
    path: given.path ?? null,
    port: given.port ?? null,
    search_regex: given.search_regex ?? null,
    state: given.state,
  };
  if (given.delay > 0) await context.sleep(given.delay * 1000);
  const path = given.path === undefined ? undefined : await host.files.expand(given.path);
  if (path === undefined && given.port === undefined) {
    if (given.state !== 'drained') await context.sleep(Math.max(0, given.timeout - given.delay) * 1000);
    return { values: { ...about, ...NO_MATCH, elapsed: elapsed() } };
  }
  const ask = path === undefined ? aboutPort(given, given.port as number, host, context) : aboutPath(given, path, host);
  for (;;) {
    const found = await ask();
    if (found) {
      const info = path === undefined || given.state === 'absent' ? {} : await pathInfo(host.files, path);
      return { values: { ...about, ...info, state: info['state'] ?? given.state, ...found, elapsed: elapsed() } };
    }
    if ((context.now() - start) / 1000 >= given.timeout)
      return { failed: true, msg: given.msg ?? waitedFor(given), values: { elapsed: elapsed() } };
    await context.sleep(given.sleep * 1000);
  }
};

/** Waits until a port or a path is as wanted. */
export const waitFor: ActionModule<Params> = {
  kind: 'action',
  name: 'wait_for',
  aliases: ['ansible.builtin.wait_for', 'win_wait_for', 'ansible.windows.win_wait_for'],
  summary: 'Waits until a port is open or closed, a file is there or gone, or a text appears',
  params,
  parameters: {
    host: { description: 'Whose port', default: '127.0.0.1' },
    port: { description: 'A TCP port' },
    path: { description: 'A file on the host' },
    search_regex: {
      description: 'A regular expression that the file, or what the port sends, must match',
      aliases: ['regex'],
    },
    state: { description: 'What to wait for', default: 'started', choices: [...STATES] },
    delay: { description: 'Seconds before the first look', default: 0 },
    timeout: { description: 'Seconds until it fails', default: 300 },
    connect_timeout: { description: 'Seconds for one try to connect', default: 5 },
    sleep: { description: 'Seconds between looks', default: 1 },
    msg: { description: 'What to say when the time is over' },
    exclude_hosts: { description: 'With state drained: hosts whose connections do not count' },
    active_connection_states: {
      description: 'With state drained: the states of connections that count',
      default: ['ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'SYN_RECV', 'SYN_SENT', 'TIME_WAIT'],
    },
  },
  checkMode: 'runs',
  needsHost: true,
  repeatable: () => true,
  run,
};
