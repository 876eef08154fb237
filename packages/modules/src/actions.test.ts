import { describe, expect, test } from '@jest/globals';
import type { ActionContext, ActionModule, ActionResult, CommandOutput } from '@ratchet/core';
import { RatchetError } from '@ratchet/core';
import { assert } from './assert.js';
import { command, commandLine } from './command.js';
import { debug } from './debug.js';
import { fail } from './fail.js';
import { FakeHost } from './fake-host.js';
import { setFact } from './set-fact.js';
import { fakeContext, nothingThere } from './task.js';

const actionContext = (verbosity = 0): ActionContext => ({
  ...fakeContext(),
  ...nothingThere,
  verbosity,
  evaluate: (expression) => {
    if (expression === 'nope') throw new RatchetError('undefined-variable', "'nope' is undefined");
    return `<${expression}>`;
  },
  condition: (expression) => expression === 'right',
});

const run = <Params>(module: ActionModule<Params>, given: unknown, host = new FakeHost(), verbosity = 0) =>
  module.run(module.params.parse(given), host, actionContext(verbosity)) as Promise<ActionResult>;

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
  expect(setFact.params.safeParse({ 'a-b': 1 }).success).toBe(false);
  expect(setFact.params.safeParse({}).success).toBe(false);
});

test('assert names the condition that does not hold', async () => {
  expect(await run(assert, { that: 'right' })).toEqual({ msg: 'All assertions passed' });
  expect(await run(assert, { that: ['right', true], quiet: true })).toEqual({});
  expect(await run(assert, { that: ['right', 'wrong'], fail_msg: 'no' })).toEqual({
    failed: true,
    msg: 'no',
    values: { assertion: 'wrong', evaluated_to: false },
  });
});

test('fail', async () => {
  expect(await run(fail, {})).toEqual({ failed: true, msg: 'Failed as requested from task' });
});

describe('command', () => {
  const hostGiving = (output: Partial<CommandOutput>, there = false) =>
    new FakeHost({
      command: (line) =>
        line.startsWith('if exist')
          ? { rc: there ? 0 : 1, stdout: '', stderr: '' }
          : { rc: 0, stdout: '', stderr: '', ...output },
    });

  test('gives code, output and lines', async () => {
    const host = hostGiving({ stdout: 'a\r\nb\r\n' });
    expect(await run(command, { _raw_params: 'whoami /all', chdir: 'C:\\x', stdin: 'in' }, host)).toMatchObject({
      changed: true,
      values: { rc: 0, stdout: 'a\r\nb', stdout_lines: ['a', 'b'], stderr_lines: [] },
    });
    expect(host.commands).toEqual(['whoami /all']);
    expect(host.runOptions).toMatchObject([{ chdir: 'C:\\x', stdin: 'in\n' }]);
  });
  test('a code other than 0 fails', async () => {
    expect(await run(command, { cmd: 'x' }, hostGiving({ rc: 3010 }))).toMatchObject({
      failed: true,
      msg: 'non-zero return code',
      values: { rc: 3010 },
    });
  });
  test('creates and removes skip it', async () => {
    const host = hostGiving({}, true);
    expect(await run(command, { cmd: 'x', creates: 'C:\\a b' }, host)).toMatchObject({ changed: false });
    expect(host.commands).toEqual(['if exist "C:\\a b" (exit /b 0) else (exit /b 1)']);
    expect(await run(command, { cmd: 'x', removes: 'C:\\a' }, hostGiving({}))).toMatchObject({ changed: false });
  });
  test('exactly one form of the command', () => {
    expect(command.params.safeParse({}).success).toBe(false);
    expect(command.params.safeParse({ cmd: 'a', argv: ['a'] }).success).toBe(false);
  });
  test('words are quoted as a Windows program takes them apart', () => {
    expect(commandLine(['a', 'b c', 'say "hi"', 'C:\\dir x\\', ''], false)).toBe(
      'a "b c" "say \\"hi\\"" "C:\\dir x\\\\" ""',
    );
    expect(commandLine(['a', "it's"], true)).toBe(`'a' 'it'\\''s'`);
  });
});
