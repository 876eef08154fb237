import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RatchetError, type RegistryWrite } from '@ratchet/core';
import { decodeReg, encodeReg, regBytes } from '@ratchet/windows';
import type { Program } from './measure.js';

const REPOSITORY = fileURLToPath(new URL('../../../..', import.meta.url));
const COMMAND = join(REPOSITORY, 'packages/cli/bundle/main.cjs');
const PROTOCOLS = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols';

/** The host that everything runs against, and the folder that holds what they need. */
export interface Arena {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  /** Folder of the testbed, with `ssh_config`, `known_hosts`, `id` and `inventory.yml`. */
  readonly testbed: string;
}

export type SetValue = Extract<RegistryWrite, { op: 'set' }>;

/** The values of a `.reg` file. */
export const valuesOf = (bytes: Uint8Array): readonly SetValue[] =>
  decodeReg(bytes).filter((write): write is SetValue => write.op === 'set');

const keysOf = (values: readonly SetValue[]): readonly string[] => [...new Set(values.map(({ path }) => path))];

const readCommand = (values: readonly SetValue[]): string => {
  const others = keysOf(values).filter((path) => !path.startsWith(PROTOCOLS));
  const queries = [`reg query "${PROTOCOLS}" /s /reg:64`, ...others.map((path) => `reg query "${path}" /reg:64`)];
  return queries.join(' & ');
};

const numberOf = ({ data, path, name }: SetValue): number => {
  if ('number' in data) return Number(data.number);
  throw new RatchetError('internal', `the benchmark writes only numbers, but ${path}\\${name} is ${data.type}`);
};

const ssh = ({ testbed, folder }: Arena): string =>
  `ssh -F ${testbed}/ssh_config -o ControlMaster=auto -o ControlPersist=30 -o ControlPath=${folder}/hand.sock`;

/** Deletes what the contestants write, as a script for cmd.exe. */
export const resetScript = (values: readonly SetValue[]): string => {
  const lines = keysOf(values).flatMap((path) => {
    if (path.startsWith(PROTOCOLS))
      return [`reg delete "${path.slice(0, path.lastIndexOf('\\'))}" /f /reg:64 >nul 2>nul <nul`];
    return values
      .filter((value) => value.path === path)
      .map(({ name }) => `reg delete "${path}" /v ${name} /f /reg:64 >nul 2>nul <nul`);
  });
  return [...new Set(lines), 'exit 0', ''].join('\r\n');
};

/** A way to the host of its own, outside what is measured. */
export const resetProgram = (arena: Arena): Program => ({
  file: 'bash',
  args: ['-c', `ssh -F ${arena.testbed}/ssh_config ${arena.host} 'cmd /q /d' < ${arena.folder}/reset.cmd`],
  cwd: arena.folder,
});

/** Reads all keys: what a hand would type, and what tells whether a contestant did its work. */
export const handRead = (arena: Arena): Program => ({ file: 'bash', args: ['hand-read.sh'], cwd: arena.folder });

/** Reads, uploads, imports, reads again. */
export const handFirst = (arena: Arena): Program => ({ file: 'bash', args: ['hand-first.sh'], cwd: arena.folder });

/** Ratchet on the shipped playbook. */
export const ratchet = (arena: Arena): Program => ({
  file: process.execPath,
  args: [
    COMMAND,
    'run',
    join(REPOSITORY, 'playbooks/orchestrator.yml'),
    '-i',
    join(arena.testbed, 'inventory.yml'),
    '-i',
    join(arena.folder, 'groups.yml'),
    '-e',
    'tls_profile=tls12_only',
    '-e',
    'tls_restart=false',
  ],
  cwd: arena.folder,
});

/** Ratchet on 20 tasks of `win_shell`. */
export const ratchetShell = (arena: Arena): Program => ({
  file: process.execPath,
  args: [COMMAND, 'run', join(arena.folder, 'win-shell.yml'), '-i', join(arena.testbed, 'inventory.yml')],
  cwd: arena.folder,
});

/** One PowerShell by hand, with a connection of its own. */
export const handPowershell = (arena: Arena): Program => ({
  file: 'ssh',
  args: ['-F', join(arena.testbed, 'ssh_config'), arena.host, 'powershell -NoProfile -NonInteractive -Command 1'],
  cwd: arena.folder,
});

const SHELL_TASKS = Array.from({ length: 20 }, (_, index) => `    - win_shell: '${index}; Get-Date'\n`);

const SHELL_PLAY = `- hosts: all\n  gather_facts: false\n  tasks:\n${SHELL_TASKS.join('')}`;

/** `ratchet --version`. */
export const ratchetVersion = (arena: Arena): Program => ({
  file: process.execPath,
  args: [COMMAND, '--version'],
  cwd: arena.folder,
});

/** Node that does nothing. */
export const bareNode = (arena: Arena): Program => ({ file: process.execPath, args: ['-e', '0'], cwd: arena.folder });

const ansible = (arena: Arena, playbook: string): Program => ({
  file: 'bash',
  args: [
    '-c',
    `ansible-playbook -i ansible.ini ${playbook} && ssh -o ControlPath=${arena.folder}/ansible.sock -O exit x`,
  ],
  cwd: arena.folder,
  env: { ANSIBLE_CONFIG: join(arena.folder, 'ansible.cfg') },
});

/** ansible-playbook in its fastest form: `raw: reg add`, in a loop, over one connection. */
export const ansibleRaw = (arena: Arena): Program => ansible(arena, 'ansible-raw.yml');

/** ansible-playbook as people use it: `ansible.windows.win_regedit` in a loop. */
export const ansibleRegedit = (arena: Arena): Program => ansible(arena, 'ansible-regedit.yml');

const loopItems = (values: readonly SetValue[]): string =>
  values
    .map((value) => `      - ${JSON.stringify({ path: value.path, name: value.name, number: numberOf(value) })}\n`)
    .join('');

const ansiblePlay = (values: readonly SetValue[], module: string): string => `- hosts: all
  gather_facts: false
  tasks:
  - ${module}
    loop:
${loopItems(values)}`;

const RAW = `raw: 'reg add "{{ item.path }}" /v {{ item.name }} /t REG_DWORD /d {{ item.number }} /f /reg:64'`;
const REGEDIT = `ansible.windows.win_regedit:
      path: "{{ item.path | regex_replace('^HKEY_LOCAL_MACHINE', 'HKLM:') }}"
      name: "{{ item.name }}"
      type: dword
      data: "{{ item.number }}"`;

const filesOf = (arena: Arena, values: readonly SetValue[]): Readonly<Record<string, string | Uint8Array>> => {
  const { testbed, host, port, folder } = arena;
  const reach = [
    `${host} ansible_host=127.0.0.1 ansible_port=${port} ansible_user=${userInfo().username}`,
    `ansible_ssh_private_key_file=${testbed}/id`,
    `ansible_ssh_common_args='-o UserKnownHostsFile=${testbed}/known_hosts -o IdentitiesOnly=yes'`,
  ].join(' ');
  return {
    'win-shell.yml': SHELL_PLAY,
    'groups.yml': `orchestrator:\n  hosts:\n    ${host}:\n`,
    'values.reg': regBytes(encodeReg(values)),
    'reset.cmd': resetScript(values),
    'hand-read.sh': `set -e
${ssh(arena)} ${host} '${readCommand(values)}' | tee hand-read.txt
${ssh(arena)} -O exit ${host} 2>/dev/null
`,
    'hand-first.sh': `set -e
${ssh(arena)} ${host} '${readCommand(values)}' > before.txt 2>/dev/null || true
echo 'put values.reg' | ${ssh(arena).replace(/^ssh/, 'sftp -q -b -')} ${host} > /dev/null
${ssh(arena)} ${host} 'reg import values.reg /reg:64' > /dev/null 2>&1
${ssh(arena)} ${host} '${readCommand(values)}'
${ssh(arena)} -O exit ${host} 2>/dev/null
`,
    'ansible.cfg': `[ssh_connection]
pipelining = True
ssh_args = -o ControlMaster=auto -o ControlPersist=30s -o ControlPath=${folder}/ansible.sock
`,
    'ansible.ini': `${reach}\n`,
    'ansible-raw.yml': ansiblePlay(values, RAW),
    'ansible-regedit.yml': ansiblePlay(values, REGEDIT).replace(
      '  tasks:',
      '  vars:\n    ansible_shell_type: cmd\n  tasks:',
    ),
  };
};

/** Writes the scripts, playbooks and settings of all contestants into the arena's folder. */
export const writeArena = async (arena: Arena, values: readonly SetValue[]): Promise<void> => {
  for (const [name, content] of Object.entries(filesOf(arena, values)))
    await writeFile(join(arena.folder, name), content);
};
