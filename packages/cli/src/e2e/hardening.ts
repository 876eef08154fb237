import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Testbed, upHosts } from '@ratchet/testbed';
import { backupsOf, createdKeys, importOn } from './backups.js';
import { eventsOf, type RunOutput, ratchetRun, registryChangesOf } from './ratchet-run.js';
import { difference, keysOf, valuesOf } from './registry-values.js';

const at = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

interface Case {
  readonly file: string;
  readonly role: 'azure_pack' | 'orchestrator';
  readonly playbook: string;
  readonly profile: 'recommended' | 'tls12_only';
  readonly arch: 'x64' | 'x86';
}

const CASES: readonly Case[] = [
  {
    file: 'azure-pack.recommended.x64.reg',
    role: 'azure_pack',
    playbook: 'azure-pack.yml',
    profile: 'recommended',
    arch: 'x64',
  },
  {
    file: 'azure-pack.tls12-only.x64.reg',
    role: 'azure_pack',
    playbook: 'azure-pack.yml',
    profile: 'tls12_only',
    arch: 'x64',
  },
  {
    file: 'orchestrator.recommended.x64.reg',
    role: 'orchestrator',
    playbook: 'orchestrator.yml',
    profile: 'recommended',
    arch: 'x64',
  },
  {
    file: 'orchestrator.tls12-only.x64.reg',
    role: 'orchestrator',
    playbook: 'orchestrator.yml',
    profile: 'tls12_only',
    arch: 'x64',
  },
  {
    file: 'orchestrator.tls12-only.x86.reg',
    role: 'orchestrator',
    playbook: 'orchestrator.yml',
    profile: 'tls12_only',
    arch: 'x86',
  },
];

const expectedValues = async (files: readonly string[]): Promise<Record<string, string>> => {
  const all = await Promise.all(files.map(async (file) => valuesOf(await readFile(at(`fixtures/expected/${file}`)))));
  return Object.assign({}, ...all.map((values) => Object.fromEntries(values)));
};

/** What a host must hold: what it had, and the expected values over it. */
const withValues = (
  before: ReadonlyMap<string, string>,
  expected: Record<string, string>,
): ReadonlyMap<string, string> => new Map([...before, ...Object.entries(expected)]);

const recapOf = (run: RunOutput, host: string) => {
  const finished = eventsOf(run).find((event) => event.type === 'run_finished');
  return finished?.type === 'run_finished' ? finished.hosts[host] : undefined;
};

const HOSTS = ['win1', 'win2', 'win3', 'win4', 'win5'] as const;

/** A testbed with a host for each case, and a folder to run in. */
interface Ground {
  readonly folder: string;
  readonly x64: Testbed;
  readonly x86: Testbed;
}

const prepare = async (kind: 'embedded' | 'wine'): Promise<Ground> => {
  const folder = await mkdtemp(join(tmpdir(), `ratchet-${kind}-`));
  const x64 = await upHosts({ kind, hosts: HOSTS.length, dir: join(folder, 'x64') });
  const x86 = await upHosts({ kind, hosts: 1, arch: 'x86', dir: join(folder, 'x86') });
  return { folder, x64, x86 };
};

const groupsFile = async (folder: string, groups: Readonly<Record<string, string>>): Promise<string> => {
  const path = join(folder, `groups-${Object.keys(groups).join('-')}.yml`);
  await writeFile(
    path,
    Object.entries(groups)
      .map(([group, host]) => `${group}: { hosts: { ${host}: } }\n`)
      .join(''),
  );
  return path;
};

/** The promises of the hardening roles, on one kind of test host. */
export const hardeningSuite = (kind: 'embedded' | 'wine'): void => {
  describe(`hardening ${kind} hosts`, () => {
    let ground: Ground;
    beforeAll(async () => {
      ground = await prepare(kind);
    }, 600_000);
    afterAll(async () => {
      await ground?.x64.stop();
      await ground?.x86.stop();
      if (ground) await rm(ground.folder, { recursive: true, force: true });
    }, 120_000);

    test.each(CASES.map((entry, index) => [entry.file, entry, index] as const))(
      '%s: check is silent and true, the run leaves exactly these values, the second run writes nothing, the backups restore what was there',
      async (_file, { file, role, playbook, profile, arch }, index) => {
        const testbed = arch === 'x86' ? ground.x86 : ground.x64;
        const host = arch === 'x86' ? 'win1' : (HOSTS[index] as string);
        const groups = await groupsFile(ground.folder, { [role]: host });
        const args = [
          at(`playbooks/${playbook}`),
          '-i',
          testbed.inventoryPath,
          '-i',
          groups,
          '-e',
          `tls_profile=${profile}`,
          '--output',
          'ndjson',
        ];
        const found = await testbed.snapshot(host);
        const before = valuesOf(found);

        const check = await ratchetRun(ground.folder, [...args, '--check']);
        expect({ code: check.code, err: check.err }).toEqual({ code: 0, err: '' });
        expect(difference(before, valuesOf(await testbed.snapshot(host)))).toEqual({ added: {}, changed: [] });
        expect((await testbed.log(host)).filter((entry) => entry.writes)).toEqual([]);

        const run = await ratchetRun(ground.folder, args);
        expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
        expect(registryChangesOf(run)).toEqual(registryChangesOf(check));
        const left = await testbed.snapshot(host);
        expect(difference(withValues(before, await expectedValues([file])), valuesOf(left))).toEqual({
          added: {},
          changed: [],
        });
        expect(testbed.reboots(host)).toBe(1);

        const logged = (await testbed.log(host)).length;
        const second = await ratchetRun(ground.folder, args);
        expect(recapOf(second, host)).toMatchObject({ changed: 0, failed: 0, unreachable: 0 });
        expect((await testbed.log(host)).slice(logged).filter((entry) => entry.writes)).toEqual([]);
        expect(testbed.reboots(host)).toBe(1);

        const backups = await backupsOf(ground.folder, run);
        const had = keysOf(found);
        expect(createdKeys(backups)).toEqual([...keysOf(left)].filter((key) => !had.has(key)).sort());
        await importOn(testbed.inventoryPath, host, backups);
        expect(difference(before, valuesOf(await testbed.snapshot(host)))).toEqual({ added: {}, changed: [] });
      },
      400_000,
    );

    test('site.yml on a host in both groups: the union of both files, one restart, nothing left for a second run', async () => {
      const groups = await groupsFile(ground.folder, { azure_pack: 'win5', orchestrator: 'win5' });
      const args = [
        at('playbooks/site.yml'),
        '-i',
        ground.x64.inventoryPath,
        '-i',
        groups,
        '-e',
        'tls_profile=tls12_only',
        '--output',
        'ndjson',
      ];
      const before = valuesOf(await ground.x64.snapshot('win5'));
      const run = await ratchetRun(ground.folder, args);
      expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
      const expected = await expectedValues(['azure-pack.tls12-only.x64.reg', 'orchestrator.tls12-only.x64.reg']);
      expect(difference(withValues(before, expected), valuesOf(await ground.x64.snapshot('win5')))).toEqual({
        added: {},
        changed: [],
      });
      expect(ground.x64.reboots('win5')).toBe(1);
      const second = await ratchetRun(ground.folder, args);
      expect(recapOf(second, 'win5')).toMatchObject({ changed: 0, failed: 0 });
      expect(ground.x64.reboots('win5')).toBe(1);
    }, 400_000);

    test('two profiles for one host are refused, naming both, and the host stays as it was', async () => {
      const groups = await groupsFile(ground.folder, { azure_pack: 'win5', orchestrator: 'win5' });
      const before = valuesOf(await ground.x64.snapshot('win5'));
      const logged = (await ground.x64.log('win5')).length;
      const extra = ['-e', 'azure_pack_tls_profile=recommended', '-e', 'orchestrator_tls_profile=tls12_only'];
      const run = await ratchetRun(ground.folder, [
        at('playbooks/site.yml'),
        '-i',
        ground.x64.inventoryPath,
        '-i',
        groups,
        ...extra,
      ]);
      expect(run.code).toBe(2);
      expect(run.out).toMatch(/recommended.*tls12_only|tls12_only.*recommended/s);
      expect((await ground.x64.log('win5')).slice(logged).filter((entry) => entry.writes)).toEqual([]);
      expect(difference(before, valuesOf(await ground.x64.snapshot('win5')))).toEqual({ added: {}, changed: [] });
    }, 120_000);

    test('tls_restart=false leaves the restart owed and says so; the next run does it once', async () => {
      const groups = await groupsFile(ground.folder, { orchestrator: 'win3' });
      const args = [
        at('playbooks/orchestrator.yml'),
        '-i',
        ground.x64.inventoryPath,
        '-i',
        groups,
        '-e',
        'tls_profile=tls12_only',
      ];
      const reboots = ground.x64.reboots('win3');
      const first = await ratchetRun(ground.folder, [...args, '-e', 'tls_restart=false']);
      expect(first.code).toBe(0);
      expect(first.out).toContain('win3 is owed a restart');
      expect(ground.x64.reboots('win3')).toBe(reboots);
      const second = await ratchetRun(ground.folder, args);
      expect(second.code).toBe(0);
      expect(second.out).not.toContain('is owed a restart');
      expect(ground.x64.reboots('win3')).toBe(reboots + 1);
      await ratchetRun(ground.folder, args);
      expect(ground.x64.reboots('win3')).toBe(reboots + 1);
    }, 400_000);
  });
};
