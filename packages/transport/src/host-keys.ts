import { createHash } from 'node:crypto';
import { RatchetError } from '@ratchet/core';
import type { Endpoint } from './endpoint.js';
import { entryMatches, type KnownHost, type KnownHosts, keyType, knownHostName } from './known-hosts.js';

/** What to do with the key that a server shows. */
export type HostKeyVerdict =
  | { readonly verdict: 'known' }
  | { readonly verdict: 'store'; readonly name: string }
  /** Any key is taken, and this one is not the stored one: no password may be sent to this server. */
  | { readonly verdict: 'unsafe' }
  | { readonly verdict: 'refused'; readonly error: RatchetError };

/** A key's fingerprint as `ssh-keygen -l` shows it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** The name under which an endpoint's key is looked up and stored. */
export const hostKeyName = (endpoint: Endpoint): string =>
  endpoint.hostKeys.alias?.toLowerCase() ?? knownHostName(endpoint.address, endpoint.port);

const refuse = (host: string, message: string, hint: string, details: Record<string, unknown>): HostKeyVerdict => ({
  verdict: 'refused',
  error: new RatchetError('host-key', message, { hint, place: { at: 'host', host }, details }),
});

const show = (entry: KnownHost): string =>
  `${entry.type} ${fingerprint(entry.key)} (${entry.file}, line ${entry.line})`;

/**
 * The decision about a server's key, as strict as `ssh -o StrictHostKeyChecking=yes` and stricter in two things: a
 * line for port 22 never counts for another port, and `accept-new` does not take a key of another type from a host
 * of which a key is known.
 */
export const judgeHostKey = (host: string, endpoint: Endpoint, known: KnownHosts, key: Buffer): HostKeyVerdict => {
  const name = hostKeyName(endpoint);
  const entries = known.entries.filter((entry) => entryMatches(entry, name));
  const offered = `${keyType(key)} ${fingerprint(key)}`;
  const revoked = entries.find((entry) => entry.revoked && entry.key.equals(key));
  if (revoked)
    return refuse(
      host,
      `The key of ${name} is marked as revoked: ${show(revoked)}.`,
      'Do not connect before the host has a new key.',
      { name, offered: fingerprint(key), revoked: true },
    );
  const valid = entries.filter((entry) => !entry.revoked);
  if (valid.some((entry) => entry.key.equals(key))) return { verdict: 'known' };
  const { checking, userFiles } = endpoint.hostKeys;
  if (checking === 'no') return { verdict: valid.length > 0 ? 'unsafe' : 'known' };
  const sameType = valid.filter((entry) => entry.type === keyType(key));
  const others = sameType.length > 0 ? sameType : valid;
  if (others.length > 0)
    return refuse(
      host,
      `The host key of ${name} has changed: it shows ${offered}, known is ${others.map(show).join(', ')}.`,
      'Someone may be between you and the host. If the change is known to be right, take the old line out of the file.',
      { name, offered: fingerprint(key), known: others.map((entry) => fingerprint(entry.key)) },
    );
  if (checking === 'accept-new' && userFiles.length > 0) return { verdict: 'store', name };
  const skipped = known.skipped.map((line) => `${line.file}, line ${line.line}: ${line.reason}`);
  return refuse(
    host,
    `The host key of ${name} is not known: it shows ${offered}.` +
      (skipped.length > 0 ? ` Lines passed over: ${skipped.join('; ')}.` : ''),
    `Compare the fingerprint, then add the key to ${userFiles[0] ?? 'a known_hosts file'} (ssh-keyscan), or use StrictHostKeyChecking=accept-new.`,
    { name, offered: fingerprint(key), known: [] },
  );
};

const OFFERED = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

/** Host key algorithms to ask for: those of the keys that are known first, or the server might show another key. */
export const hostKeyAlgorithms = (endpoint: Endpoint, known: KnownHosts): (typeof OFFERED)[number][] => {
  const name = hostKeyName(endpoint);
  const types = new Set(
    known.entries.filter((entry) => !entry.revoked && entryMatches(entry, name)).map((entry) => entry.type),
  );
  const isKnown = (algorithm: string): boolean => types.has(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return [...OFFERED.filter(isKnown), ...OFFERED.filter((algorithm) => !isKnown(algorithm))];
};
