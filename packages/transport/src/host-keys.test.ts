import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Endpoint, HostKeyChecking } from './endpoint.js';
import { fingerprint, hostKeyAlgorithms, judgeHostKey } from './host-keys.js';
import { appendKnownHost, knownHostName, parseKnownHosts, patternsMatch, readKnownHosts } from './known-hosts.js';

const key = (type: string, body: string): Buffer => {
  const field = (text: string): Buffer => {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  return Buffer.concat([field(type), field(body)]);
};
const A = key('ssh-ed25519', 'key a');
const B = key('ssh-ed25519', 'key b');
const RSA = key('ssh-rsa', 'key r');

const endpoint = (port: number, checking: HostKeyChecking = 'yes', alias?: string): Endpoint => ({
  address: 'SRV01.example.test',
  port,
  user: 'admin_user',
  identityFiles: [],
  optionalIdentityFiles: [],
  hostKeys: { checking, userFiles: ['known_hosts'], globalFiles: [], alias },
  connectTimeoutMs: 1000,
  keepaliveIntervalMs: 0,
  keepaliveCountMax: 3,
});
const line = (name: string, stored: Buffer): string =>
  `${name} ${stored.toString('latin1', 4, 4 + stored.readUInt32BE(0))} ${stored.toString('base64')}`;
const judge = (text: string, to: Endpoint, shown: Buffer) =>
  judgeHostKey('srv01', to, parseKnownHosts(text, 'known_hosts'), shown);
const hashed = (name: string): string => {
  const salt = Buffer.from('0123456789abcdefghij');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};

describe('a known_hosts entry with a port (C42)', () => {
  const template = readFileSync(new URL('../../../fixtures/cases/C42/known_hosts', import.meta.url), 'utf8');
  const known = template
    .replace('KEY_A_PLACEHOLDER', A.toString('base64'))
    .replace('KEY_B_PLACEHOLDER', B.toString('base64'));

  test('on port 2222 only its own key counts', () => {
    expect(judge(known, endpoint(2222), B).verdict).toBe('known');
    expect(judge(known, endpoint(2222), A).verdict).toBe('refused');
    expect(judge(known, endpoint(22), A).verdict).toBe('known');
  });

  test('a line for port 22 says nothing about another port', () => {
    expect(judge(line('srv01.example.test', A), endpoint(2222), A)).toMatchObject({
      verdict: 'refused',
      error: { code: 'host-key', details: { known: [] } },
    });
  });

  test('hashed names match, with and without a port', () => {
    expect(judge(line(hashed('srv01.example.test'), A), endpoint(22), A).verdict).toBe('known');
    expect(judge(line(hashed('[srv01.example.test]:2222'), B), endpoint(2222), B).verdict).toBe('known');
    expect(judge(line(hashed('other'), A), endpoint(22), A).verdict).toBe('refused');
  });

  test('what is learnt has the bracket form', () => {
    expect(judge('', endpoint(2222, 'accept-new'), A)).toEqual({
      verdict: 'store',
      name: '[srv01.example.test]:2222',
    });
    expect(judge('', endpoint(2222, 'accept-new', 'Alias'), A)).toEqual({ verdict: 'store', name: 'alias' });
  });
});

test('a changed key is refused with both fingerprints, also with accept-new', () => {
  for (const checking of ['yes', 'accept-new'] as const) {
    const judged = judge(line('srv01.example.test', A), endpoint(22, checking), B);
    expect(judged).toMatchObject({ verdict: 'refused', error: { code: 'host-key' } });
    if (judged.verdict !== 'refused') continue;
    expect(judged.error.message).toContain(fingerprint(A));
    expect(judged.error.message).toContain(fingerprint(B));
  }
});

test('accept-new takes no key of another type from a host of which one is known', () => {
  expect(judge(line('srv01.example.test', RSA), endpoint(22, 'accept-new'), A).verdict).toBe('refused');
});

test('without checking any key is taken, but a changed one gets no password', () => {
  expect(judge('', endpoint(22, 'no'), A).verdict).toBe('known');
  expect(judge(line('srv01.example.test', A), endpoint(22, 'no'), B).verdict).toBe('unsafe');
});

test('a revoked key is refused whatever else is written', () => {
  const text = `${line('*', A)}\n@revoked ${line('*.example.test', A)}`;
  for (const checking of ['yes', 'accept-new', 'no'] as const)
    expect(judge(text, endpoint(22, checking), A)).toMatchObject({
      verdict: 'refused',
      error: { details: { revoked: true } },
    });
});

test('certificate authorities are passed over and named', () => {
  const judged = judge(`@cert-authority ${line('*', A)}`, endpoint(22), A);
  expect(judged).toMatchObject({ verdict: 'refused' });
  if (judged.verdict === 'refused') expect(judged.error.message).toContain('@cert-authority');
});

test('wildcards and negations', () => {
  expect(patternsMatch(['*.example.test', '!srv0?.example.test'], 'srv01.example.test')).toBe(false);
  expect(patternsMatch(['*.example.test', '!srv0?.example.test'], 'web.example.test')).toBe(true);
  expect(patternsMatch(['!a'], 'b')).toBe(false);
  expect(patternsMatch(['srv.1'], 'srvx1')).toBe(false);
});

test('no text makes the parser throw, and every entry has a key of its type', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const entry of parseKnownHosts(text, 'f').entries) expect(entry.key.length).toBeGreaterThan(4);
    }),
  );
});

test('algorithms of known keys are asked for first', () => {
  const known = parseKnownHosts(line('srv01.example.test', RSA), 'f');
  expect(hostKeyAlgorithms(endpoint(22), known).slice(0, 3)).toEqual(['rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519']);
});

test('keys appended at the same moment are all there, after a line that was not ended', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rt-known-'));
  try {
    const file = join(dir, 'ssh', 'known_hosts');
    await appendKnownHost(file, 'first', A);
    writeFileSync(file, `# a note\n${line('second', B)}`);
    await Promise.all([1, 2, 3].map((port) => appendKnownHost(file, knownHostName('Srv', port), A)));
    const { entries, skipped } = parseKnownHosts(readFileSync(file, 'utf8'), file);
    expect(entries.map((entry) => entry.patterns)).toEqual(['second', '[srv]:1', '[srv]:2', '[srv]:3']);
    expect(skipped).toEqual([]);
    expect(statSync(join(dir, 'ssh')).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('a file that has changed since it was read last is read as it is now', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-known-'));
  const file = join(folder, 'known_hosts');
  const names = async () => (await readKnownHosts([file])).entries.map(({ patterns }) => patterns);
  try {
    expect(await names()).toEqual([]);
    writeFileSync(file, line('a', A));
    expect(await names()).toEqual(['a']);
    expect(await names()).toEqual(['a']);
    writeFileSync(file, line('b', A));
    expect(await names()).toEqual(['b']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
