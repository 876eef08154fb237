import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Testbed, upHosts } from '@ratchet/testbed';
import { type RunOutput, ratchetRun } from './ratchet-run.js';

const OLD_SQL = `Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Microsoft SQL Server\\Instance Names\\SQL]
"OLD"="MSSQL10.OLD"

[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Microsoft SQL Server\\MSSQL10.OLD\\Setup]
"PatchLevel"="10.0.1600.22"
`;

const LOCK = /ProgramData[\\/]Ratchet/i;

const TLS12 = '{protocol: TLS 1.2, state: enabled}';

/** Each guard: tasks whose last one is refused, the words of its reason, and the parameter that is named. */
const GUARDS: readonly (readonly [string, readonly string[], string, string])[] = [
  [
    'the last protocol of a role',
    ['schannel_protocol: {protocol: TLS 1.0, role: client, state: disabled}'],
    'client role',
    'allow_last_protocol',
  ],
  [
    'the last protocol of a role, by its registry value',
    [
      `win_regedit: {path: 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.0\\Client', name: Enabled, data: 0, type: dword}`,
    ],
    'client role',
    'allow_last_protocol',
  ],
  [
    'a protocol that this Windows lacks',
    ['schannel_protocol: {protocol: TLS 1.3, state: enabled}'],
    'TLS 1.3',
    'allow_unsupported_protocol',
  ],
  [
    'Remote Desktop of 2008 R2',
    [`schannel_protocol: ${TLS12}`, 'schannel_protocol: {protocol: TLS 1.0, role: server, state: disabled}'],
    'KB3080079',
    'allow_rdp_loss',
  ],
  [
    'an SQL Server without TLS 1.2',
    [`schannel_protocol: ${TLS12}`, 'schannel_protocol: {protocol: TLS 1.0, role: client, state: disabled}'],
    'MSSQL10.OLD 10.0.1600.22',
    'allow_sql_loss',
  ],
  [
    'the 32-bit view of a 32-bit Windows',
    ['registry: {path: "HKLM\\\\SOFTWARE\\\\Wow6432Node\\\\X", name: a, data: b}'],
    '32-bit view',
    'allow_wow6432node',
  ],
  ['sshd that does not start by itself', ['reboot: {}'], 'sshd service', 'allow_manual_sshd'],
];

/** The guards, on a host to which all of them apply. */
export const guardSuite = (kind: 'embedded' | 'wine'): void => {
  describe(`guards on ${kind} hosts`, () => {
    let folder: string;
    let testbed: Testbed;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), `ratchet-guards-${kind}-`));
      const seed = join(folder, 'old-sql.reg');
      await writeFile(seed, OLD_SQL);
      const options = { os: '2008r2', arch: 'x86', without: ['kb', 'sshd-auto'], seeds: [seed] } as const;
      testbed = await upHosts({ kind, dir: join(folder, 'host'), ...options });
    }, 180_000);
    afterAll(async () => {
      await testbed?.stop();
      await rm(folder, { recursive: true, force: true });
    }, 60_000);

    const run = async (tasks: readonly string[], ...more: readonly string[]): Promise<RunOutput> => {
      const playbook = join(folder, 'p.yml');
      const lines = tasks.map((task) => `    - ${task}\n`).join('');
      await writeFile(playbook, `- hosts: all\n  gather_facts: false\n  tasks:\n${lines}`);
      return ratchetRun(folder, [playbook, '-i', testbed.inventoryPath, ...more]);
    };

    let known = 0;
    /** What the host was told to change since the test began. The lock is another matter: it is held while a guard is asked. */
    const writes = async (): Promise<readonly string[]> =>
      (await testbed.log('win1'))
        .slice(known)
        .flatMap(({ writes: does, text }) => (does && !LOCK.test(text) ? [text] : []));

    test.each(GUARDS)(
      '%s: refused with the override named, in check mode too, and nothing but the lock is written',
      async (_name, tasks, reason, override) => {
        known = (await testbed.log('win1')).length;
        const checked = await run(tasks, '--check');
        expect(checked.code).toBe(2);
        expect(checked.out).toContain(reason);
        expect(await writes()).toEqual([]);
        if (tasks.length > 1) await run(tasks.slice(0, -1));
        const ready = await writes();
        const refused = await run(tasks.slice(-1));
        expect(refused.code).toBe(2);
        expect(refused.out).toContain(reason);
        expect(refused.out).toMatch(new RegExp(`hint: .*${override}: true`));
        expect(await writes()).toEqual(ready);
        expect(testbed.reboots('win1')).toBe(0);
      },
      180_000,
    );
  });
};
