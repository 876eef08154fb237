import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { EXIT } from '@ratchet/core';
import { readTool, type Tool } from './tool-arguments.js';

const OPTIONS = {
  points: { type: 'string', default: '40' },
  list: { type: 'boolean', default: false },
} as const;
const tool: Tool<typeof OPTIONS> = {
  call: 'npm run things --',
  summary: 'Does things.',
  options: OPTIONS,
  says: { points: 'N: so many', list: 'names them' },
};

describe('the command line of a tool', () => {
  test('its values', () => {
    expect(readTool(tool, ['--points', '3'])).toEqual({ values: { points: '3', list: false } });
  });

  test.each([
    [['--pionts', '3'], "ERROR! Unknown option '--pionts'. It takes --points N, --list, --help.\n"],
    [['--points'], /^ERROR! Option '--points <value>' argument missing\. It takes .*\n$/],
    [['more'], /^ERROR! Unexpected argument 'more'\. .*\n$/],
  ])('%j is told in one line', (args, says) => {
    const read = readTool(tool, args);
    expect(read).toEqual({ code: EXIT.options, text: says instanceof RegExp ? expect.stringMatching(says) : says });
  });

  test('--help tells what each option does', () => {
    expect(readTool(tool, ['--points', '--help'])).toEqual({
      code: EXIT.done,
      text: 'usage: npm run things -- [options]\nDoes things.\n\n  --points N  so many\n  --list      names them\n  --help      this text\n',
    });
  });
});

const call = (name: string, ...flags: readonly string[]) => {
  const main = fileURLToPath(new URL(`../dist/${name}/main.js`, import.meta.url));
  return spawnSync(process.execPath, [main, ...flags], { encoding: 'utf8' });
};

test.each(['crash', 'faults', 'bench', 'conformance', 'fuzz'])('%s tells in one line what is wrong', (name) => {
  const { status, stdout, stderr } = call(name, '--no-such');
  expect([status, stdout]).toEqual([EXIT.options, '']);
  expect(stderr).toMatch(/^ERROR! Unknown option '--no-such'\. It takes --.*\n$/);
});

test.each(['6/5', '0/5', '2', 'a/b'])('--slice %s is told in one line', (slice) => {
  const { status, stdout, stderr } = call('crash', '--point=journal:1:before', `--slice=${slice}`);
  expect([status, stdout]).toEqual([EXIT.options, '']);
  expect(stderr).toBe(`ERROR! --slice takes K/N, K from 1 to N, such as 2/5, not "${slice}".\n`);
});

test('--help of a tool ends with 0', () => {
  const { status, stdout, stderr } = call('crash', '--help');
  expect([status, stderr]).toEqual([EXIT.done, '']);
  expect(stdout).toMatch(/^usage: npm run crash-matrix /);
});
