import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Secrets } from '@ratchet/core';
import { COMMANDS } from './commands.js';
import { showFailure } from './show-failure.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ratchet-vault-'));
  await writeFile(join(folder, 'pw'), 'secret one\n');
  await writeFile(join(folder, 'pw2'), 'secret two\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);

const vault = async (args: readonly string[], input = '') => {
  const stdin = new PassThrough();
  stdin.end(input);
  const told = { out: '', err: '' };
  const screen = (name: 'out' | 'err') => ({
    write: (text: string) => {
      told[name] += text;
    },
  });
  const secrets = new Secrets();
  const around = {
    stdin,
    stdout: screen('out'),
    stderr: screen('err'),
    env: { HOME: folder },
    secrets,
    signal: new AbortController().signal,
    cwd: folder,
  };
  try {
    const command = await COMMANDS['vault']?.();
    const ready = command?.(args);
    if (!ready || 'help' in ready) throw new Error('no flags');
    return { code: await ready.run(around), ...told };
  } catch (thrown) {
    const { text, exitCode } = showFailure(thrown, secrets, 0);
    return { code: exitCode, out: told.out, err: told.err + text };
  }
};

const PW = (): readonly string[] => ['--vault-password-file', at('pw')];

describe('ratchet vault', () => {
  test('encrypts a file in its place, for its owner alone, and decrypts it again', async () => {
    await writeFile(at('vars.yml'), 'a: 1\n', { mode: 0o644 });
    expect(await vault(['encrypt', 'vars.yml', ...PW()])).toEqual({ code: 0, out: '', err: '' });
    expect(await readFile(at('vars.yml'), 'utf8')).toMatch(/^\$ANSIBLE_VAULT;1\.1;AES256\n[0-9a-f]{80}\n/);
    expect((await stat(at('vars.yml'))).mode & 0o777).toBe(0o600);
    expect((await vault(['view', 'vars.yml', ...PW()])).out).toBe('a: 1\n');
    expect((await vault(['encrypt', 'vars.yml', ...PW()])).err).toContain('is encrypted already');
    expect((await vault(['decrypt', 'vars.yml', ...PW()])).code).toBe(0);
    expect(await readFile(at('vars.yml'), 'utf8')).toBe('a: 1\n');
    expect((await stat(at('vars.yml'))).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual(['pw', 'pw2', 'vars.yml']);
  });

  test('a failure changes no file, not even the first ones', async () => {
    for (const name of ['one', 'two']) await writeFile(at(name), name);
    await vault(['encrypt', 'one', ...PW()]);
    const before = await readFile(at('one'), 'utf8');
    const wrong = await vault(['decrypt', 'one', 'two', ...PW()]);
    expect([wrong.code, wrong.err]).toEqual([
      1,
      expect.stringContaining(`${at('two')}: This is no ansible-vault text`),
    ]);
    expect(await readFile(at('one'), 'utf8')).toBe(before);
    const other = await vault(['decrypt', 'one', '--vault-password-file', at('pw2')]);
    expect([other.code, other.err]).toEqual([1, expect.stringContaining('None of the 1 vault passwords')]);
    expect((await vault(['view', 'none', ...PW()])).code).toBe(1);
  });

  test('behind a link the file is replaced, not the link', async () => {
    await writeFile(at('real'), 'x');
    await symlink('real', at('link'));
    await vault(['encrypt', 'link', ...PW()]);
    expect((await lstat(at('link'))).isSymbolicLink()).toBe(true);
    expect(await readFile(at('real'), 'utf8')).toContain('$ANSIBLE_VAULT');
  });

  test('takes standard input, and writes elsewhere with --output', async () => {
    const { out } = await vault(['encrypt', ...PW()], 'piped');
    expect(out).toContain('$ANSIBLE_VAULT;1.1');
    expect((await vault(['decrypt', ...PW()], out)).out).toBe('piped');
    await vault(['decrypt', '--output', 'plain', ...PW()], out);
    expect(await readFile(at('plain'), 'utf8')).toBe('piped');
    await writeFile(at('binary'), Buffer.from([0xff, 0xfe]));
    await vault(['encrypt', 'binary', ...PW()]);
    expect((await vault(['view', 'binary', ...PW()])).err).toContain('no UTF-8 text');
    await vault(['decrypt', 'binary', ...PW()]);
    expect(await readFile(at('binary'))).toEqual(Buffer.from([0xff, 0xfe]));
  });

  test('the id of the password stands in the text; of several one is named', async () => {
    const both = ['--vault-id', `dev@${at('pw')}`, '--vault-id', `prod@${at('pw2')}`];
    expect((await vault(['encrypt', ...both], 'x')).err).toContain(
      'name the one that encrypts with --encrypt-vault-id',
    );
    const { out } = await vault(['encrypt', '--encrypt-vault-id', 'prod', ...both], 'x');
    expect(out).toMatch(/^\$ANSIBLE_VAULT;1\.2;AES256;prod\n/);
    expect((await vault(['decrypt', ...both], out)).out).toBe('x');
    expect((await vault(['encrypt', '--encrypt-vault-id', 'no', ...both], 'x')).err).toContain('has the id "no"');
  });

  test('rekey keeps the id of a file unless a new one is named', async () => {
    await vault(['create', 'f', '--vault-id', `dev@${at('pw')}`], 'content');
    expect((await vault(['create', 'f', ...PW()], 'y')).err).toContain('is there already');
    const next = ['--new-vault-password-file', at('pw2')];
    expect((await vault(['rekey', 'f', ...PW(), ...next])).code).toBe(0);
    expect(await readFile(at('f'), 'utf8')).toContain(';1.2;AES256;dev\n');
    expect((await vault(['view', 'f', ...PW()])).code).toBe(1);
    await vault(['rekey', 'f', '--vault-password-file', at('pw2'), '--new-vault-id', `prod@${at('pw')}`]);
    expect(await readFile(at('f'), 'utf8')).toContain(';1.2;AES256;prod\n');
    expect((await vault(['view', 'f', ...PW()])).out).toBe('content');
  });

  test('encrypt_string gives a variable; a secret on the command line is refused', async () => {
    const { out } = await vault(['encrypt_string', '-n', 'password', ...PW()], 'hunter2');
    expect(out).toMatch(/^password: !vault \|\n {10}\$ANSIBLE_VAULT;1\.1;AES256\n( {10}[0-9a-f]+\n)+$/);
    const text = out
      .split('\n')
      .slice(1)
      .map((line) => line.trim())
      .join('\n');
    expect((await vault(['decrypt', ...PW()], text)).out).toBe('hunter2');
    const refused = await vault(['encrypt_string', 'hunter2', ...PW()]);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('seen by everybody')]);
    expect(refused.err).not.toContain('hunter2');
    expect((await vault(['encrypt_string', ...PW()])).err).toContain('no text to encrypt');
  });

  test('a password that is asked for, and what cannot be asked', async () => {
    await writeFile(at('f'), 'x');
    const asked = await vault(['encrypt', 'f'], 'typed\n');
    expect([asked.code, asked.err]).toEqual([0, 'New vault password: \n']);
    expect((await vault(['view', 'f', '-J'], 'typed\n')).out).toBe('x');
    expect((await vault(['encrypt'], 'x')).err).toContain('cannot hold both');
    expect((await vault(['encrypt', 'f', '--output', 'g'], '\n')).err).toContain('An empty password is none');
  });

  test('wrong flags', async () => {
    expect((await vault(['edit', 'f'])).err).toContain('starts no editor');
    expect((await vault([])).code).toBe(2);
    expect((await vault(['view'])).code).toBe(2);
    expect((await vault(['encrypt', 'a', 'b', '--output', 'c', ...PW()])).code).toBe(2);
    expect((await vault(['view', 'a', '-n', 'x', ...PW()])).code).toBe(2);
  });
});
