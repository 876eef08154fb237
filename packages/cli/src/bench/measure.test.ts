import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { measure } from './measure.js';

// GNU time is what measures; the benchmark names it when it is missing, the tests do not need it.
const withTime = existsSync('/usr/bin/time') ? describe : describe.skip;

withTime('measuring a program', () => {
  let cwd: string;
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'ratchet-measure-'));
  });
  afterAll(() => rm(cwd, { recursive: true, force: true }));

  test('gives its output and its peak memory', async () => {
    const found = await measure({ file: 'echo', args: ['done'], cwd }, new AbortController().signal);
    expect(found.stdout).toBe('done\n');
    expect(found.peakBytes).toBeGreaterThan(100_000);
  });

  test('a program that fails is an error with what it said', async () => {
    const failing = measure({ file: 'sh', args: ['-c', 'echo why >&2; exit 3'], cwd }, new AbortController().signal);
    await expect(failing).rejects.toMatchObject({ code: 'command-failed', hint: expect.stringContaining('why') });
  });

  test('an abort ends everything that the program started', async () => {
    const controller = new AbortController();
    const waiting = measure({ file: 'sh', args: ['-c', 'sleep 600 & wait'], cwd }, controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(measure({ file: 'echo', args: [], cwd }, controller.signal)).rejects.toThrow('enough');
  });
});
