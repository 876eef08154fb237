import { describe, expect, test } from '@jest/globals';
import type { ActionContext, ActionModule, ActionResult, CommandOutput, Plain } from '@ratchet/core';
import { RatchetError } from '@ratchet/core';
import { assert } from './assert.js';
import { command } from './command.js';
import { debug } from './debug.js';
import { fail } from './fail.js';
import { FakeFiles } from './fake-files.js';
import { FakeHost } from './fake-host.js';
import { fixture } from './fixture-files.js';
import { setFact } from './set-fact.js';
import { shell } from './shell.js';
import { commandLine } from './shell-words.js';
import { fakeContext, nothingThere } from './task.js';

const actionContext = (verbosity = 0, that: unknown = []): ActionContext => ({
  ...fakeContext(),
  ...nothingThere,
  verbosity,
  evaluate: (_parameter, expression) => {
    if (expression === 'nope') throw new RatchetError('undefined-variable', "'nope' is undefined");
    return `<${expression}>`;
  },
  conditions: () =>
    [that].flat().map((one) => ({ shown: () => one as Plain, holds: () => one === 'right' || one === true })),
});

const run = <Params>(module: ActionModule<Params>, given: unknown, host = new FakeHost(), verbosity = 0) =>
  module.run(
    module.params.parse(given),
    host,
    actionContext(verbosity, (given as { readonly that?: unknown }).that),
  ) as Promise<ActionResult>;

describe('debug', () => {
  test('shows a message of any type', async () => {
    expect(await run(debug, {})).toEqual({ values: { msg: 'Hello world!' } });
    expect(await run(debug, { msg: ['a'] })).toEqual({ values: { msg: ['a'] } });
  });
  test('shows an expression under its text, and says when it is undefined', async () => {
    expect(await run(debug, { var: 'x' })).toEqual({ values: { x: '<x>' } });
    expect(await run(debug, { var: 'nope' })).toEqual({ values: { nope: 'VARIABLE IS NOT DEFINED!' } });
  });
  test('is skipped below its verbosity', async () => {
    expect(await run(debug, { msg: 'a', verbosity: 2 })).toMatchObject({ skipped: true });
    expect(await run(debug, { msg: 'a', verbosity: 2 }, new FakeHost(), 2)).toEqual({ values: { msg: 'a' } });
  });
  test('msg and var exclude each other', () => {
    expect(debug.params.safeParse({ msg: 'a', var: 'b' }).success).toBe(false);
  });
});

test('set_fact takes any name of a variable', async () => {
  expect(await run(setFact, { a: 1, cacheable: 'yes' })).toMatchObject({ facts: { a: 1 } });
  expect(await run(setFact, { '{{ a }}x': 1 })).toMatchObject({ facts: { '{{ a }}x': 1 } });
  expect(setFact.params.safeParse({ 'a-b': 1 }).success).toBe(false);
  expect(setFact.params.safeParse({}).success).toBe(false);
});

test('assert names the condition that does not hold', async () => {
  expect(await run(assert, { that: 'right' })).toEqual({ values: { msg: 'All assertions passed' } });
  expect(await run(assert, { that: ['right', true], quiet: true, success_msg: ['a', 'b'] })).toEqual({
    values: { msg: ['a', 'b'] },
  });
  expect(await run(assert, { that: ['right', 'wrong'], fail_msg: ['no', 'never'] })).toEqual({
    failed: true,
    msg: 'no\nnever',
    values: { msg: ['no', 'never'], assertion: 'wrong', evaluated_to: false },
  });
});

test('fail', async () => {
  const msg = 'Failed as requested from task';
  expect(await run(fail, {})).toEqual({ failed: true, msg, values: { msg } });
  expect(await run(fail, { msg: ['a', 1] })).toEqual({ failed: true, msg: '["a",1]', values: { msg: ['a', 1] } });
});

describe('command', () => {
  const files = new FakeFiles({ '/a b/x': '' });
  const hostGiving = (output: Partial<CommandOutput>, kind: 'ssh' | 'local' = 'ssh') =>
    new FakeHost({ kind, files, command: () => ({ rc: 0, stdout: '', stderr: '', ...output }) });

  test('gives code, output and lines', async () => {
    const host = hostGiving({ stdout: 'a\r\nb\r\n' });
    expect(await run(command, { _raw_params: 'whoami /all', chdir: '/a b', stdin: 'in' }, host)).toMatchObject({
      changed: true,
      values: { rc: 0, stdout: 'a\r\nb', stdout_lines: ['a', 'b'], stderr_lines: [] },
    });
    expect(host.commands).toEqual(['whoami /all']);
    expect(host.runOptions).toMatchObject([{ chdir: '/a b', stdin: 'in\n' }]);
  });
  test('a code other than 0 fails', async () => {
    expect(await run(command, { cmd: 'x' }, hostGiving({ rc: 3010 }))).toMatchObject({
      failed: true,
      msg: 'non-zero return code',
      values: { rc: 3010 },
    });
  });
  test('C31: what Windows says of a program that is not there comes unchanged', async () => {
    const stderr = fixture('cases/C31/stderr.txt');
    const end = await run(command, { cmd: 'wmic os get Caption' }, hostGiving({ rc: 1, stderr }));
    expect(end).toMatchObject({ failed: true, values: { rc: 1, stderr: stderr.trimEnd() } });
  });
  test('creates and removes skip it', async () => {
    const host = hostGiving({});
    expect(await run(command, { cmd: 'x', creates: '/a b/*' }, host)).toEqual({
      msg: "Did not run command since '/a b/*' exists",
      values: expect.objectContaining({ rc: 0, stdout: 'skipped, since /a b/* exists', start: null }),
    });
    const gone = await run(command, { cmd: 'x', removes: 'y', chdir: '/a b' }, host);
    expect(gone.msg).toBe("Did not run command since 'y' does not exist");
    expect(host.commands).toEqual([]);
  });
  test('a folder that is not there', async () => {
    expect(await run(shell, { _raw_params: 'x', chdir: '/nope' }, hostGiving({}))).toMatchObject({
      failed: true,
      msg: "Unable to change directory before execution: [Errno 2] No such file or directory: b'/nope'",
    });
  });
  test('on this machine words are cut and expanded, and no shell sees them', async () => {
    const host = hostGiving({}, 'local');
    const end = await run(command, { _raw_params: `ls "a b" ~/x; 'c$d'` }, host);
    expect(host.commands).toEqual([`exec 'ls' 'a b' '/root/x;' 'c$d'`]);
    expect(end.values?.['cmd']).toEqual(['ls', 'a b', '~/x;', 'c$d']);
    await run(shell, { _raw_params: 'a | b', executable: '/bin/bash' }, host);
    expect(host.commands.at(-1)).toBe(`exec '/bin/bash' -c 'a | b'`);
  });
  test('check mode tells whether it would run', async () => {
    const check = { ...actionContext(), checkMode: true };
    const given = (more: object) => command.params.parse({ cmd: 'x', ...more });
    expect(await command.run(given({}), hostGiving({}), check)).toMatchObject({ skipped: true });
    expect(await command.run(given({ creates: '/nope' }), hostGiving({}), check)).toMatchObject({ changed: true });
  });
  test('exactly one form of the command: two texts are refused ahead, the rest fails as with Ansible', async () => {
    expect(command.params.safeParse({ _raw_params: 'a', cmd: 'a' }).success).toBe(false);
    const nothing = await run(command, {}, new FakeHost());
    expect(nothing).toMatchObject({ failed: true, msg: 'no command given', values: { rc: 256 } });
    const both = await run(command, { cmd: 'a', argv: ['a'] }, new FakeHost());
    expect(both).toMatchObject({ failed: true, msg: expect.stringContaining('not both'), values: { rc: 256 } });
  });
  test('a shell that is named is not used, and warned of', async () => {
    const host = new FakeHost();
    const told = await run(command, { cmd: 'whoami', executable: '/bin/zsh' }, host);
    expect(told.values?.['warnings']).toEqual([expect.stringContaining('no longer supported')]);
    expect(told.failed).not.toBe(true);
  });
  test('words are quoted as a Windows program takes them apart', () => {
    expect(commandLine(['a', 'b c', 'say "hi"', 'C:\\dir x\\', ''], false)).toBe(
      'a "b c" "say \\"hi\\"" "C:\\dir x\\\\" ""',
    );
    expect(commandLine(['a', "it's"], true)).toBe(`'a' 'it'\\''s'`);
  });
});
