import { readFile } from 'node:fs/promises';
import { RatchetError } from '@ratchet/core';
import type { AnyAuthMethod, AuthenticationType } from 'ssh2';
import type { Endpoint } from './endpoint.js';

/** What ssh2 exports that is needed here. */
export type Ssh2 = typeof import('ssh2');

/** The ways to log in to an endpoint in their order, and why a key file was left out. */
export interface AuthPlan {
  readonly methods: readonly AnyAuthMethod[];
  readonly skipped: readonly string[];
  /** A key file was left out for want of its passphrase. */
  readonly locked: boolean;
}

type LoadedKey =
  | { readonly key: Buffer; readonly passphrase?: string }
  | { readonly reason: string; readonly missing: boolean; readonly locked?: true };

const loadKey = async (ssh2: Ssh2, file: string, passphrase: string | undefined): Promise<LoadedKey> => {
  let key: Buffer;
  try {
    key = await readFile(file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'error';
    return { reason: `${file} cannot be read (${code})`, missing: true };
  }
  const parsed = ssh2.utils.parseKey(key);
  if (!(parsed instanceof Error)) return { key };
  if (!/encrypted|passphrase/i.test(parsed.message)) return { reason: `${file} is not a private key`, missing: false };
  if (passphrase === undefined) return { reason: `${file} has a passphrase`, missing: false, locked: true };
  if (ssh2.utils.parseKey(key, passphrase) instanceof Error)
    return { reason: `${file} has another passphrase`, missing: false, locked: true };
  return { key, passphrase };
};

/**
 * The plan for an endpoint: key files, agent, password, keyboard-interactive.
 * @throws `auth` when a key file that was asked for does not exist.
 */
export const planAuth = async (ssh2: Ssh2, host: string, endpoint: Endpoint): Promise<AuthPlan> => {
  const username = endpoint.user;
  const methods: AnyAuthMethod[] = [];
  const skipped: string[] = [];
  let locked = false;
  for (const file of [...endpoint.identityFiles, ...endpoint.optionalIdentityFiles]) {
    const loaded = await loadKey(ssh2, file, endpoint.passphrase);
    if ('key' in loaded) {
      const { key, passphrase } = loaded;
      methods.push({ type: 'publickey', username, key, ...(passphrase === undefined ? {} : { passphrase }) });
      continue;
    }
    locked ||= loaded.locked === true;
    const required = endpoint.identityFiles.includes(file);
    if (required && loaded.missing)
      throw new RatchetError('auth', `The private key ${loaded.reason}.`, {
        hint: 'Check ansible_ssh_private_key_file or IdentityFile.',
        place: { at: 'host', host },
      });
    if (!loaded.missing) skipped.push(loaded.reason);
  }
  if (endpoint.agent !== undefined) methods.push({ type: 'agent', username, agent: endpoint.agent });
  const { password } = endpoint;
  if (password !== undefined) {
    methods.push({ type: 'password', username, password });
    methods.push({
      type: 'keyboard-interactive',
      username,
      // Only hidden prompts are given the password: a question with echo is about something else.
      prompt: (_name, _instructions, _lang, prompts, finish) =>
        finish(prompts.map((prompt) => (prompt.echo === true ? '' : password))),
    });
  }
  return { methods, skipped, locked };
};

const serverName = (type: AuthenticationType): AuthenticationType => (type === 'agent' ? 'publickey' : type);

/** Walks through the plan; `passwordAllowed` is asked at the moment of use, after the host key was judged. */
export const authHandler = (plan: AuthPlan, passwordAllowed: () => boolean) => {
  const queue = [...plan.methods];
  return (left: AuthenticationType[] | null): AnyAuthMethod | false => {
    for (let method = queue.shift(); method !== undefined; method = queue.shift()) {
      const secret = method.type === 'password' || method.type === 'keyboard-interactive';
      if (secret && !passwordAllowed()) continue;
      if (left !== null && !left.includes(serverName(method.type))) continue;
      return method;
    }
    return false;
  };
};

/** The error for a login that the server refused. It names what was tried, never a secret. */
export const authError = (host: string, endpoint: Endpoint, plan: AuthPlan): RatchetError => {
  const tried = [...new Set(plan.methods.map((method) => method.type))].join(', ') || 'nothing to try';
  const skipped = plan.skipped.length > 0 ? ` Left out: ${plan.skipped.join('; ')}.` : '';
  return new RatchetError(
    'auth',
    `${endpoint.address}:${endpoint.port} refused the login of ${endpoint.user} (tried: ${tried}).${skipped}`,
    {
      hint: plan.locked
        ? 'Add the key to the agent (ssh-add), or give ansible_ssh_private_key_passphrase, in a vault.'
        : 'Check ansible_user, and ansible_ssh_private_key_file, the agent or ansible_password (ratchet_jump_password for a hop).',
      place: { at: 'host', host },
    },
  );
};
