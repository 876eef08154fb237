import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openMetHosts } from './met-hosts.js';

test('a host that was met is known to the next run; one that cannot be noted says where', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'met-'));
  try {
    const first = await openMetHosts(join(folder, 'met'), 'r1');
    expect(first.has('a/b')).toBe(false);
    await first.add('a/b');
    expect(first.has('a/b')).toBe(true);
    expect((await openMetHosts(join(folder, 'met'), 'r1')).has('a/b')).toBe(true);
    expect(await readdir(join(folder, 'met'))).toEqual(['a%2Fb']);
    await writeFile(join(folder, 'file'), '');
    const blocked = await openMetHosts(join(folder, 'none'), 'r1');
    await writeFile(join(folder, 'none'), '');
    await expect(blocked.add('win1')).rejects.toMatchObject({ code: 'journal-write' });
    await expect(openMetHosts(join(folder, 'file'), 'r1')).rejects.toMatchObject({ code: 'file-unreadable' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
