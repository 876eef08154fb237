import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { newRunFolder } from './test-run.js';

test("a task's timeout ends what it started, and says so", async () => {
  const folder = await newRunFolder();
  try {
    const mark = join(folder.path, 'mark');
    const playbook = await folder.write(
      'p.yml',
      `- hosts: all\n  connection: local\n  gather_facts: false\n  tasks:\n    - shell: sleep 3; touch ${mark}\n      timeout: 1\n`,
    );
    const { code, out } = await folder.run([playbook, '-i', 'a,']);
    expect(code).toBe(2);
    expect(out).toContain('did not end within 1 s');
    await delay(3500);
    await expect(access(mark)).rejects.toMatchObject({ code: 'ENOENT' });
  } finally {
    await folder.remove();
  }
});
