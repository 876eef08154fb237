import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Plain } from '@ratchet/core';
import type { Endpoint } from './endpoint.js';
import { settingsFromVars, type TransportFlags } from './settings.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'rt-settings-'));
  mkdirSync(join(home, '.ssh'));
});
afterEach(() => rmSync(home, { recursive: true }));

const config = (text: string): void => writeFileSync(join(home, '.ssh', 'config'), text);
const read = (vars: Record<string, Plain>, flags: TransportFlags = {}) =>
  settingsFromVars('srv01', vars, { home, env: {}, ...flags });
const endpoint = (vars: Record<string, Plain>, flags: TransportFlags = {}): Endpoint => {
  const settings = read(vars, flags);
  if (settings.kind !== 'ssh') throw new Error(settings.kind);
  return settings.endpoint;
};

describe('ansible_connection', () => {
  test('ssh is the default, openssh and local are there', () => {
    expect(read({}).kind).toBe('ssh');
    expect(read({ ansible_connection: 'ansible.builtin.ssh' }).kind).toBe('ssh');
    expect(read({ ansible_connection: 'local' })).toEqual({ kind: 'local', host: 'srv01' });
    expect(read({ ansible_connection: 'openssh' }).kind).toBe('openssh');
  });

  test.each(['winrm', 'psrp', 'ansible.builtin.winrm'])('%s is refused with what to write instead', (name) => {
    expect(() => read({ ansible_connection: name })).toThrow(
      expect.objectContaining({ code: 'not-supported', hint: expect.stringContaining('ansible_connection: ssh') }),
    );
  });
});

test('defaults', () => {
  expect(endpoint({ ansible_user: 'u' })).toMatchObject({
    address: 'srv01',
    port: 22,
    connectTimeoutMs: 10_000,
    hostKeys: { checking: 'yes', userFiles: [join(home, '.ssh/known_hosts'), join(home, '.ssh/known_hosts2')] },
  });
});

test('a variable goes before a flag, a flag before ~/.ssh/config', () => {
  config('Host 192.0.2.*\n  Port 2200\n  User config\n  IdentityFile ~/key-%p\n  ConnectTimeout 1m\n');
  const vars = { ansible_host: '192.0.2.11' };
  expect(endpoint(vars)).toMatchObject({
    port: 2200,
    user: 'config',
    identityFiles: [join(home, 'key-2200')],
    connectTimeoutMs: 60_000,
  });
  expect(endpoint(vars, { user: 'flag', timeoutSeconds: 5 })).toMatchObject({ user: 'flag', connectTimeoutMs: 5000 });
  expect(endpoint({ ...vars, ansible_user: 'var', ansible_port: '2222' }, { user: 'flag' })).toMatchObject({
    user: 'var',
    port: 2222,
  });
});

test('passwords are data, byte for byte (C43)', () => {
  const password = 'a{#b{{c}}%}$1"\'';
  expect(endpoint({ ansible_password: password }).password).toBe(password);
  expect(endpoint({ ansible_ssh_pass: password }).password).toBe(password);
  expect(endpoint({}, { password }).password).toBe(password);
  expect(() => endpoint({ ansible_password: [password] })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining(password) }),
  );
});

test('every honoured option of ansible_ssh_common_args', () => {
  const args =
    '-o UserKnownHostsFile="/a b/one /two" -o GlobalKnownHostsFile=none -oStrictHostKeyChecking=accept-new ' +
    "-o HostKeyAlias=alias -i /k1 -o 'IdentityFile /k2' -o IdentitiesOnly=yes -p 2222 -l me " +
    '-o ConnectTimeout=3 -o ServerAliveInterval=7 -o ServerAliveCountMax=2 -J bastion:2200,other';
  const settings = read({ ansible_ssh_common_args: args }, { env: { SSH_AUTH_SOCK: '/agent' } });
  expect(settings).toMatchObject({
    kind: 'ssh',
    endpoint: {
      port: 2222,
      user: 'me',
      identityFiles: ['/k1', '/k2'],
      optionalIdentityFiles: [],
      agent: undefined,
      connectTimeoutMs: 3000,
      keepaliveIntervalMs: 7000,
      keepaliveCountMax: 2,
      hostKeys: { checking: 'accept-new', globalFiles: [], alias: 'alias' },
    },
    jumps: [
      { address: 'bastion', port: 2200, agent: '/agent', hostKeys: { checking: 'yes' } },
      { address: 'other', port: 22 },
    ],
  });
});

test.each(['-o ProxyCommand=x', '-o ControlMaster=auto', '-C', '-F file', '-o Ciphers=x', '-o', 'word'])(
  '%s in the arguments names openssh',
  (args) => {
    for (const variable of ['ansible_ssh_common_args', 'ansible_ssh_extra_args'])
      expect(() => read({ [variable]: args })).toThrow(
        expect.objectContaining({
          code: 'option-invalid',
          hint: expect.stringContaining('ansible_connection: openssh'),
        }),
      );
  },
);

test('host key checking and files by variable', () => {
  expect(endpoint({ ansible_host_key_checking: 'no' }).hostKeys.checking).toBe('no');
  expect(endpoint({ ansible_host_key_checking: true }).hostKeys.checking).toBe('yes');
  expect(endpoint({ ratchet_known_hosts: '/x/known' }).hostKeys.userFiles).toEqual(['/x/known']);
});

describe('~/.ssh/config', () => {
  test('what does not change the connection is passed over; the first value counts', () => {
    config('Compression yes\nHost a\n ProxyCommand nc\nHost srv*\n HostName 192.0.2.9\n Port 1\nHost *\n Port 2\n');
    expect(endpoint({})).toMatchObject({ address: '192.0.2.9', port: 1 });
  });

  test.each(['ProxyCommand nc %h', 'Match exec "true"', 'BindAddress 192.0.2.1'])(
    '%s is refused with its line',
    (text) => {
      config(`\n${text}\n`);
      expect(() => read({})).toThrow(
        expect.objectContaining({
          code: 'option-invalid',
          message: expect.stringContaining('config, line 2'),
          hint: expect.stringContaining('openssh'),
        }),
      );
    },
  );

  test('Include and Match', () => {
    mkdirSync(join(home, '.ssh', 'd'));
    writeFileSync(join(home, '.ssh', 'd', 'one.conf'), 'Host srv01\n Port 2201\n');
    config('Include d/*.conf\nMatch originalhost srv01,x !user nobody\n HostKeyAlias found\nMatch all\n User all\n');
    expect(endpoint({})).toMatchObject({ port: 2201, user: 'all', hostKeys: { alias: 'found' } });
  });

  test('a hop has its own settings, and its own hops; a circle ends', () => {
    config('Host b1\n User hop\n Port 2201\n ProxyJump b0\nHost srv01\n ProxyJump b1\n');
    const settings = read({ ansible_user: 'target', ansible_password: 'secret' });
    expect(settings).toMatchObject({ jumps: [{ address: 'b0' }, { address: 'b1', user: 'hop', port: 2201 }] });
    if (settings.kind === 'ssh') expect(settings.jumps.every((hop) => hop.password === undefined)).toBe(true);
    config('Host *\n ProxyJump again\n');
    expect(() => read({})).toThrow(expect.objectContaining({ code: 'option-invalid' }));
  });
});

describe('openssh', () => {
  test('every argument is passed on, after what variables say', () => {
    const settings = read({
      ansible_connection: 'openssh',
      ansible_port: 2222,
      ansible_ssh_common_args: '-o ProxyCommand="nc %h %p" -C',
    });
    expect(settings).toMatchObject({ kind: 'openssh', address: 'srv01' });
    if (settings.kind === 'openssh')
      expect(settings.args).toEqual(
        expect.arrayContaining(['BatchMode=yes', 'Port=2222', '-o', 'ProxyCommand=nc %h %p', '-C']),
      );
  });

  test('a password is refused, and not shown', () => {
    expect(() => read({ ansible_connection: 'openssh', ansible_password: 'hunter2' })).toThrow(
      expect.objectContaining({ code: 'option-invalid', message: expect.not.stringContaining('hunter2') }),
    );
  });
});

test.each([
  { ansible_port: 'x' },
  { ansible_port: 70_000 },
  { ansible_host: ['a'] },
  { ansible_host_key_checking: 'maybe' },
])('%j is an error that names the variable', (vars) => {
  expect(() => read(vars as Record<string, Plain>)).toThrow(
    expect.objectContaining({
      code: 'inventory-invalid',
      message: expect.stringContaining(Object.keys(vars)[0] ?? ''),
    }),
  );
});
