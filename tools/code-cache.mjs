// Makes packages/cli/bundle/program.cache by hardening an embedded host.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { upHosts } from '../packages/testbed/dist/index.js';

const LONGEST_MS = 60_000;
const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const folder = await mkdtemp(join(tmpdir(), 'ratchet-cache-'));
const testbed = join(folder, 'hosts');
await mkdir(testbed);
const running = await upHosts({ kind: 'embedded', hosts: 1, dir: testbed });
try {
  const groups = join(folder, 'groups.yml');
  await writeFile(groups, 'orchestrator:\n  hosts:\n    win1:\n');
  const playbook = ['run', at('playbooks/orchestrator.yml'), '-i', join(testbed, 'inventory.yml'), '-i', groups];
  const profile = ['-e', 'tls_profile=tls12_only', '-e', 'tls_restart=false'];
  const args = [at('tools/code-cache-run.cjs'), ...playbook, ...profile];
  await promisify(execFile)(process.execPath, args, { cwd: folder, timeout: LONGEST_MS });
} finally {
  await running.stop();
  await rm(folder, { recursive: true, force: true });
}
