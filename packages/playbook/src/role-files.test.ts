import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { roleFile } from './role-files.js';

test('a part of a role is a file of its folder, never one outside', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-role-'));
  try {
    const role = join(folder, 'r');
    await mkdir(join(role, 'tasks', 'sub'), { recursive: true });
    for (const name of ['out.yml', 'r/other.yml', 'r/tasks/main.yml', 'r/tasks/sub/a.yml', 'r/tasks/..b.yml'])
      await writeFile(join(folder, name), '[]');
    const found = (name?: string) => roleFile(role, 'tasks', name);
    expect(await found()).toBe(join(role, 'tasks', 'main.yml'));
    expect(await found('sub/a')).toBe(join(role, 'tasks', 'sub', 'a.yml'));
    expect(await found('sub/../main')).toBe(join(role, 'tasks', 'main.yml'));
    expect(await found('..b.yml')).toBe(join(role, 'tasks', '..b.yml'));
    for (const outside of ['../../out.yml', '../../out', '../other.yml', join(folder, 'out.yml')])
      expect(await found(outside)).toBeUndefined();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
