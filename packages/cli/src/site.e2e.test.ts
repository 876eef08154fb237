import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type HostForRun, newHostForRun, newRunFolder, type RunFolder } from './test-run.js';

const SITE = fileURLToPath(new URL('../../../playbooks/site.yml', import.meta.url));

let folder: RunFolder;
let win1: HostForRun;
beforeEach(async () => {
  folder = await newRunFolder();
  win1 = await newHostForRun(folder);
});
afterEach(async () => {
  await win1.host.stop();
  await folder.remove();
});

/** A run for a host in both groups, beside a group whose variable nobody there can make. */
const runWith = async (azurePack: string, orchestrator: string) => {
  const groups = {
    azure_pack: { hosts: { win1: {} }, vars: { tls_profile: azurePack } },
    orchestrator: { hosts: { win1: {} }, vars: { tls_profile: orchestrator } },
    others: { vars: { elsewhere: '{{ of_hosts_there }}' } },
  };
  await writeFile(`${folder.path}/groups.yml`, JSON.stringify(groups));
  return folder.run([SITE, '-i', win1.inventory, '-i', `${folder.path}/groups.yml`, '--check']);
};

test('a host in two groups that say two profiles is refused before anything is changed', async () => {
  const { code, out } = await runWith('recommended', 'strict');
  expect(code).toBe(2);
  expect(out).toContain('group azure_pack says recommended and group orchestrator strict. Give both groups one.');
});

test('with one profile the roles follow each other, whatever other groups say', async () => {
  const { code, out } = await runWith('recommended', 'recommended');
  expect(out).toContain('PLAY [One restart for all changes]');
  expect(code).toBe(0);
});
