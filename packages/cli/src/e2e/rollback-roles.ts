import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Testbed, upHosts } from '@ratchet/testbed';
import { controller } from '../crash/controller.js';

const playbook = (role: string): string =>
  fileURLToPath(new URL(`../../../../playbooks/${role.replace('_', '-')}.yml`, import.meta.url));

const CASES = [
  ['azure-pack.recommended.x64', 'azure_pack', 'recommended', 'x64'],
  ['azure-pack.tls12-only.x64', 'azure_pack', 'tls12_only', 'x64'],
  ['orchestrator.recommended.x64', 'orchestrator', 'recommended', 'x64'],
  ['orchestrator.tls12-only.x64', 'orchestrator', 'tls12_only', 'x64'],
  ['orchestrator.tls12-only.x86', 'orchestrator', 'tls12_only', 'x86'],
] as const;

/** The import is on its way to the host: some of it may have been made, and the journal holds no end of it. */
const HALFWAY = 'import:1:during';

/** On real commands a run takes its time: two of the five are killed there, all of them on embedded hosts. */
const KILLED = { embedded: /./, wine: /orchestrator\.tls12-only/ } as const;

/** Run, then rollback: the registry is as it was, whole, also after a run that was killed half-way. */
export const rollbackSuite = (kind: 'embedded' | 'wine'): void => {
  describe(`rollback on ${kind} hosts`, () => {
    const killed = KILLED[kind];
    let folder: string;
    let beds: Readonly<Record<'x64' | 'x86', Testbed>>;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), `ratchet-rollback-${kind}-`));
      const bed = (arch: 'x64' | 'x86') => upHosts({ kind, arch, dir: join(folder, arch) });
      beds = { x64: await bed('x64'), x86: await bed('x86') };
    }, 600_000);
    afterAll(async () => {
      await beds?.x64.stop();
      await beds?.x86.stop();
      if (folder) await rm(folder, { recursive: true, force: true });
    }, 120_000);

    // A host is used again once it is as it was. An export of all is dear on real commands: none is made of what is known.
    const found = new Map<string, string>();
    const atFirst = async (arch: 'x64' | 'x86'): Promise<string> => {
      const before = found.get(arch) ?? (await beds[arch].snapshot('win1'));
      found.set(arch, before);
      return before;
    };

    const newestRun = async (): Promise<string> =>
      (await readdir(join(folder, '.ratchet', 'runs'))).sort().at(-1) as string;

    test.each(CASES)(
      '%s',
      async (name, role, profile, arch) => {
        const host = 'win1';
        const bed = beds[arch];
        const groups = join(folder, `${name}.yml`);
        await writeFile(groups, `${role}: { hosts: { ${host}: } }\n`);
        const vars = JSON.stringify({ tls_profile: profile, tls_restart: false });
        const run = ['run', playbook(role), '-i', bed.inventoryPath, '-i', groups, '-e', vars, '-l', host];
        const before = await atFirst(arch);

        const ran = await controller(folder, run);
        expect(ran).toMatchObject({ code: 0, out: expect.stringMatching(/^win1 .* changed=[1-9]/m) });
        expect(await bed.snapshot(host)).not.toBe(before);
        expect(await controller(folder, ['rollback', await newestRun()])).toMatchObject({ code: 0 });
        expect(await bed.snapshot(host)).toBe(before);

        if (!killed.test(name)) return;
        expect(await controller(folder, run, { RATCHET_CRASH_AT: HALFWAY })).toMatchObject({ killed: true });
        expect(await controller(folder, ['rollback', await newestRun()])).toMatchObject({ code: 0 });
        expect(await bed.snapshot(host)).toBe(before);
      },
      400_000,
    );
  });
};
