import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type Plain, RatchetError } from '@ratchet/core';
import type { ConnectionSettings, Endpoint, HostKeySettings } from './endpoint.js';
import { opensshSettings } from './openssh-settings.js';
import { readSshConfig } from './ssh-config.js';
import { optionError, readArguments, type SshOptions } from './ssh-options.js';
import { text } from './vars.js';
import { type TransportFlags, type WrittenSettings, writtenSettings } from './written-settings.js';

export type { TransportFlags } from './written-settings.js';

/** Seconds to wait for a host's SSH answer when nobody says otherwise (Ansible's default). */
const CONNECT_SECONDS = 10;
const ALIVE_SECONDS = 15;
const ALIVE_COUNT = 3;
const MAX_HOPS = 10;
const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'] as const;

const INSTEAD: Readonly<Record<string, string>> = {
  winrm: 'Write ansible_connection: ssh; Ratchet talks to Windows over its OpenSSH server.',
  psrp: 'Write ansible_connection: ssh; Ratchet talks to Windows over its OpenSSH server.',
};

/** The kind that `ansible_connection` asks for. @throws `not-supported` for winrm, psrp and whatever is unknown. */
const kindOf = (host: string, vars: Readonly<Record<string, Plain>>): ConnectionSettings['kind'] => {
  const written = text(host, vars, ['ansible_connection']) ?? 'ssh';
  const name = written.replace(/^ansible\.(builtin|legacy|netcommon|windows)\./, '');
  if (name === 'ssh' || name === 'smart') return 'ssh';
  if (name === 'openssh' || name === 'local') return name;
  throw new RatchetError('not-supported', `ansible_connection: ${written} is not supported.`, {
    hint: INSTEAD[name] ?? 'Write ansible_connection: ssh, openssh or local.',
    place: { at: 'host', host },
  });
};

/**
 * How to connect to a host, from its variables, the flags and `~/.ssh/config`. For each option the first of these that
 * sets it counts: variable, flag, ansible_ssh_common_args, ansible_ssh_extra_args, the file, the default.
 * @throws `option-invalid` for ssh options that only the system's ssh understands, `not-supported` for winrm and psrp,
 * `inventory-invalid` for a variable of the wrong type.
 */
export const settingsFromVars = (
  host: string,
  vars: Readonly<Record<string, Plain>>,
  flags: TransportFlags,
): ConnectionSettings => {
  try {
    const kind = kindOf(host, vars);
    if (kind === 'local') return { kind, host };
    return kind === 'openssh' ? opensshSettings(host, vars, flags) : sshSettings(host, vars, flags);
  } catch (error) {
    throw error instanceof RatchetError ? error.at({ at: 'host', host }) : error;
  }
};

const sshSettings = (
  host: string,
  vars: Readonly<Record<string, Plain>>,
  flags: TransportFlags,
): ConnectionSettings => {
  const home = flags.home ?? homedir();
  const written = writtenSettings(host, vars, flags);
  const name = written.address;
  const options = explicitOptions(written);
  const trusted = options.userKnownHostsFile;
  readSshConfig(options, join(home, '.ssh', 'config'), name, home);
  const { password, passphrase, jumpPassword } = written;
  const context: EndpointContext = { home, env: flags.env ?? process.env, name, passphrase };
  return {
    kind: 'ssh',
    host,
    endpoint: { ...endpointFrom(options, context), ...(password === undefined ? {} : { password }) },
    jumps: readJumps(options.proxyJump, context, trusted, 0).map((hop) =>
      jumpPassword === undefined ? hop : { ...hop, password: jumpPassword },
    ),
  };
};

/** What variables and flags say; the strongest first, since the first value counts. */
const explicitOptions = (written: WrittenSettings): SshOptions => {
  const options: SshOptions = {};
  if (written.user !== undefined) options.user = written.user;
  if (written.port !== undefined) options.port = written.port;
  if (written.privateKey !== undefined) options.identityFile = [written.privateKey];
  if (written.knownHosts !== undefined) options.userKnownHostsFile = [written.knownHosts];
  if (written.timeoutSeconds !== undefined) options.connectTimeout = written.timeoutSeconds;
  if (!written.checkHostKey) options.strictHostKeyChecking = 'no';
  for (const { text: words, where } of written.arguments) readArguments(options, words, where);
  return options;
};

interface EndpointContext {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The name as written, before HostName. */
  readonly name: string;
  readonly passphrase: string | undefined;
}

const endpointFrom = (options: SshOptions, context: EndpointContext): Endpoint => {
  const { home, env, name, passphrase } = context;
  const address = (options.hostName ?? name).replace(/%h/g, name).replace(/%%/g, '%');
  const number = options.port ?? 22;
  const user = options.user ?? userInfo().username;
  const expand = (path: string): string => expandPath(path, { home, address, name, user, number });
  const named = (options.identityFile ?? []).filter((file) => file.toLowerCase() !== 'none').map(expand);
  const agent = env['SSH_AUTH_SOCK'];
  const useAgent = agent !== undefined && agent !== '' && options.identitiesOnly !== true;
  return {
    address,
    port: number,
    user,
    identityFiles: named,
    optionalIdentityFiles:
      options.identityFile === undefined ? DEFAULT_KEYS.map((file) => join(home, '.ssh', file)) : [],
    agent: useAgent ? agent : undefined,
    ...(passphrase === undefined ? {} : { passphrase }),
    hostKeys: hostKeysFrom(options, home, expand),
    connectTimeoutMs: (options.connectTimeout ?? CONNECT_SECONDS) * 1000,
    keepaliveIntervalMs: (options.serverAliveInterval ?? ALIVE_SECONDS) * 1000,
    keepaliveCountMax: options.serverAliveCountMax ?? ALIVE_COUNT,
  };
};

const hostKeysFrom = (options: SshOptions, home: string, expand: (path: string) => string): HostKeySettings => {
  const files = (written: readonly string[] | undefined, defaults: readonly string[]): readonly string[] =>
    (written?.map(expand) ?? defaults).filter((file) => file.toLowerCase() !== 'none');
  return {
    checking: options.strictHostKeyChecking ?? 'yes',
    userFiles: files(options.userKnownHostsFile, [
      join(home, '.ssh', 'known_hosts'),
      join(home, '.ssh', 'known_hosts2'),
    ]),
    globalFiles: files(options.globalKnownHostsFile, ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
    alias: options.hostKeyAlias,
  };
};

const expandPath = (
  path: string,
  about: { readonly home: string; address: string; name: string; user: string; number: number },
): string => {
  const tokens: Readonly<Record<string, string>> = {
    '%%': '%',
    '%d': about.home,
    '%h': about.address,
    '%n': about.name,
    '%p': String(about.number),
    '%r': about.user,
    '%u': userInfo().username,
  };
  const whole = path.startsWith('~/') ? join(about.home, path.slice(2)) : path;
  return whole.replace(/%./g, (token) => {
    const value = tokens[token];
    if (value === undefined) throw optionError(`The token ${token} is not supported here`, path);
    return value;
  });
};

/**
 * The hops of a ProxyJump, the nearest first. Each hop takes its own settings from `~/.ssh/config`; the known_hosts files
 * that were named for the target count for it too. StrictHostKeyChecking and passwords of the target do not.
 */
const readJumps = (
  written: string | undefined,
  context: EndpointContext,
  trusted: readonly string[] | undefined,
  depth: number,
): readonly Endpoint[] => {
  if (written === undefined || written.toLowerCase() === 'none') return [];
  const hops = written.split(',').map((hop) => hop.trim());
  if (depth + hops.length > MAX_HOPS) throw optionError(`ProxyJump has more than ${MAX_HOPS} hops`, 'ProxyJump');
  return hops.flatMap((hop, index) => {
    const parts = /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[([^\]]+)\]|([^:@[\]]+))(?::(\d{1,5}))?\/?$/.exec(hop);
    const name = parts?.[2] ?? parts?.[3];
    if (name === undefined) throw optionError(`ProxyJump cannot be read at "${hop}"`, 'ProxyJump');
    const options: SshOptions = {};
    if (parts?.[1] !== undefined) options.user = parts[1];
    if (parts?.[4] !== undefined) options.port = Number(parts[4]);
    if (trusted !== undefined) options.userKnownHostsFile = trusted;
    readSshConfig(options, join(context.home, '.ssh', 'config'), name, context.home);
    const own = { ...context, name };
    const before = index === 0 ? readJumps(options.proxyJump, own, trusted, depth + hops.length) : [];
    return [...before, endpointFrom(options, own)];
  });
};
