import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { upHosts } from '../testbed.js';

const MINUTES = 60_000;

(process.getuid?.() === 0 ? test : test.skip)(
  'a restart alone changes nothing that a snapshot shows',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'ratchet-wine-'));
    const testbed = await upHosts({ kind: 'wine', dir });
    try {
      const before = await testbed.snapshot('win1');
      await testbed.reboot('win1');
      expect((await testbed.snapshot('win1')) === before).toBe(true);
      expect(testbed.reboots('win1')).toBe(1);
      expect(before).toContain('"ProductName"="Windows Server 2012 R2 Standard"');
    } finally {
      await testbed.stop();
      await rm(dir, { recursive: true, force: true });
    }
  },
  3 * MINUTES,
);
