import { spawn } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { upHosts } from '@ratchet/testbed';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const COMMAND = fileURLToPath(new URL('main.js', import.meta.url));

/** win1 is an Azure Pack server, win2 an Orchestrator server; how to reach them stands in the testbed's inventory. */
const GROUPS = `azure_pack:
  hosts:
    win1:
orchestrator:
  hosts:
    win2:
`;

const say = (text: string): void => {
  process.stdout.write(`\n# ${text}\n`);
};

/** Runs `ratchet` in a folder as a user would, passes its output on, and gives it back with the exit code. */
const ratchet = async (
  folder: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly out: string }> => {
  process.stdout.write(`$ ratchet ${args.join(' ')}\n`);
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    process.stdout.write(text);
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? 1));
  });
  return { code, out };
};

const RUN = ['run', 'playbooks/site.yml', '-i', 'hosts/inventory.yml', '-i', 'groups.yml', '--output', 'plain'];

/** The three runs; gives what is wrong with them, or undefined. */
const threeRuns = async (folder: string): Promise<string | undefined> => {
  say('The plan: what would change on each host. Nothing is written.');
  const plan = await ratchet(folder, [...RUN, '--check', '--diff']);
  if (plan.code !== 0) return `The plan ended with ${plan.code}.`;
  say('The run: the same changes, made, verified and recorded.');
  const first = await ratchet(folder, [...RUN, '--diff']);
  if (first.code !== 0) return `The run ended with ${first.code}.`;
  say('The same run again: nothing is left to change.');
  const second = await ratchet(folder, RUN);
  if (second.code !== 0) return `The second run ended with ${second.code}.`;
  return /changed=[1-9]/.test(second.out) ? 'The second run changed something.' : undefined;
};

const demo = async (): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), 'ratchet-demo-'));
  try {
    await symlink(join(REPOSITORY, 'playbooks'), join(folder, 'playbooks'), 'junction');
    await writeFile(join(folder, 'groups.yml'), GROUPS);
    say('Starting two Windows-like hosts inside this process: win1 and win2.');
    const testbed = await upHosts({ kind: 'embedded', hosts: 2, dir: join(folder, 'hosts') });
    try {
      const problem = await threeRuns(folder);
      say(problem ?? 'Done: the second run reported changed=0.');
      return problem === undefined ? 0 : 1;
    } finally {
      await testbed.stop();
      say('The hosts are stopped.');
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

process.exitCode = await demo();
