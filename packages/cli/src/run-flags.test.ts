import { describe, expect, test } from '@jest/globals';
import { parseRunFlags, type RunFlags } from './run-flags.js';

const flags = (...args: readonly string[]): RunFlags => {
  const parsed = parseRunFlags(args);
  if ('help' in parsed) throw new Error('help was printed');
  return parsed;
};

const failure = (...args: readonly string[]): { readonly code?: string; readonly message?: string } => {
  try {
    parseRunFlags(args);
    return {};
  } catch (error) {
    return error as { readonly code: string; readonly message: string };
  }
};

describe('flags of ratchet run', () => {
  test('have the defaults of ansible-playbook', () => {
    expect(flags('site.yml')).toEqual({
      playbooks: ['site.yml'],
      inventory: [],
      tags: [],
      skipTags: [],
      extraVars: [],
      check: false,
      diff: false,
      verbosity: 0,
      askPass: false,
      become: false,
      vaultIds: [],
      vaultPasswordFiles: [],
      askVaultPass: false,
      forceHandlers: false,
      listings: [],
      strict: false,
    });
  });

  test('can be repeated, grouped, and stand before or after the playbook', () => {
    const parsed = flags(
      '-CD',
      '-vv',
      '-i',
      'a.yml',
      'p.yml',
      '-i',
      'b,',
      '-t',
      'x,y',
      '-t',
      'z',
      '-e',
      'a=1',
      '-e',
      '{"b": 2}',
      '-v',
      'q.yml',
    );
    expect(parsed).toMatchObject({
      playbooks: ['p.yml', 'q.yml'],
      inventory: ['a.yml', 'b,'],
      tags: ['x', 'y', 'z'],
      extraVars: ['a=1', '{"b": 2}'],
      check: true,
      diff: true,
      verbosity: 3,
    });
  });

  test('say how to connect', () => {
    expect(
      flags('p.yml', '-u', 'admin', '-k', '--key-file', 'id', '-T', '30', '--ssh-common-args', '-o ProxyJump=gate'),
    ).toMatchObject({
      user: 'admin',
      askPass: true,
      privateKey: 'id',
      timeout: 30,
      sshCommonArgs: '-o ProxyJump=gate',
    });
  });

  test('C78: name the output', () => {
    expect(flags('p.yml', '--output', 'ndjson').output).toBe('ndjson');
    expect(failure('p.yml', '--output', 'xml')).toMatchObject({
      code: 'usage',
      message: '--output takes tty, plain, json, ndjson, not "xml".',
    });
  });

  test('are refused as usage errors when they are wrong', () => {
    expect(failure()).toMatchObject({ code: 'usage', message: 'Name at least one playbook.' });
    expect(failure('p.yml', '--chekc')).toMatchObject({
      code: 'usage',
      message: "Unknown option '--chekc'.",
      hint: 'Did you mean --check?',
    });
    expect(failure('p.yml', '-f', '0')).toMatchObject({ code: 'usage' });
    expect(failure('p.yml', '-i')).toMatchObject({ code: 'usage' });
  });

  test('may be shortened while no other begins so, and take their value behind "="', () => {
    expect(flags('p.yml', '--lim=web', '--skip', 'x', '--list-h', '-vvvC')).toMatchObject({
      limit: 'web',
      skipTags: ['x'],
      listings: ['list-hosts'],
      verbosity: 3,
      check: true,
    });
    expect(failure('p.yml', '--list')).toMatchObject({
      code: 'usage',
      message: '--list could be --list-hosts or --list-tasks or --list-tags.',
    });
  });

  test('that Ratchet does not do are refused with the reason', () => {
    expect(failure('p.yml', '-K')).toMatchObject({ code: 'usage', message: '-K, --ask-become-pass is not supported.' });
    expect(failure('p.yml', '--module-path', 'x')).toMatchObject({ code: 'usage' });
  });

  test('give help as text', () => {
    const parsed = parseRunFlags(['--help']);
    expect('help' in parsed && parsed.help).toContain('--skip-tags');
  });
});
