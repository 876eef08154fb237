import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findProgram } from './find-program.js';

test('the first name in the folders of a PATH that can be executed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-path-'));
  try {
    for (const name of ['plain', 'tool']) await writeFile(join(folder, name), '');
    await chmod(join(folder, 'plain'), 0o644);
    await chmod(join(folder, 'tool'), 0o755);
    const path = ['/nowhere', folder].join(delimiter);
    expect(await findProgram(['other', 'tool'], path)).toBe(join(folder, 'tool'));
    expect(await findProgram(['other'], path)).toBeUndefined();
    expect(await findProgram(['tool'], undefined)).toBeUndefined();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
