import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { connect } from './index.js';
import { localFiles } from './local-files.js';

const local = connect({ kind: 'local', host: 'localhost' });
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

test('commands run through /bin/sh with input, both streams and the exit code', async () => {
  const result = await local.exec('cat; echo oops >&2; exit 3', { stdin: '€' });
  expect([result.code, text(result.stdout), text(result.stderr)]).toEqual([3, '€', 'oops\n']);
});

test('a command that does not read its input is no error', async () => {
  expect((await local.exec('exit 0', { stdin: 'x'.repeat(1_000_000) })).code).toBe(0);
});

test('time limit, cancellation and output bound', async () => {
  await expect(local.exec('sleep 60 | cat', { timeoutMs: 50 })).rejects.toMatchObject({ code: 'timeout' });
  await expect(local.exec('sleep 60', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'interrupted' });
  await expect(local.exec('yes', { maxOutputBytes: 100 })).rejects.toMatchObject({ code: 'host-output' });
});

test('files', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rt-local-'));
  try {
    const path = join(dir, 'a', 'b', 'file');
    await local.files.makeFolder(join(dir, 'a', 'b'));
    await local.files.write(path, Buffer.from('x'), { exclusive: true });
    await expect(local.files.write(path, Buffer.from('y'), { exclusive: true })).rejects.toMatchObject({
      details: { exists: true },
    });
    expect(text(await local.files.read(path))).toBe('x');
    await local.files.remove(path);
    expect(await local.files.exists(path)).toBe(false);
    await expect(local.files.read(path)).rejects.toMatchObject({ details: { missing: true } });
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('a path holds variables of the environment, and nothing else that the object of Node has', async () => {
  const files = localFiles('localhost');
  expect(await files.expand('$PATH/x')).toBe(`${process.env['PATH']}/x`);
  expect(await files.expand('/a/$toString/$__proto__')).toBe('/a/$toString/$__proto__');
});
