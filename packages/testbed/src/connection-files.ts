import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningHost } from './running-host.js';

interface Known {
  readonly host: RunningHost;
  readonly hostPublicKey: string;
}

const yaml = (text: string): string => JSON.stringify(text);

/** A path as an ssh option takes it, and an argument as a POSIX shell splits it: quoted only when there is a space. */
const pathOption = (path: string): string => (path.includes(' ') ? `"${path}"` : path);
const quoted = (argument: string): string => (/["\s]/.test(argument) ? `'${argument}'` : argument);

const inventory = (dir: string, hosts: readonly Known[], shell: string): string => {
  const lines = hosts.map(
    ({ host }) => `        ${host.name}: { ansible_host: 127.0.0.1, ansible_port: ${host.port} }`,
  );
  const commonArgs = `-o ${quoted(`UserKnownHostsFile=${pathOption(join(dir, 'known_hosts'))}`)} -o IdentitiesOnly=yes`;
  return `all:
  children:
    windows:
      hosts:
${lines.join('\n')}
      vars:
        ansible_connection: ssh
        ansible_user: ${hosts[0]?.host.user ?? 'root'}
        ansible_shell_type: ${shell}
        ansible_ssh_private_key_file: ${yaml(join(dir, 'id'))}
        ansible_ssh_common_args: ${yaml(commonArgs)}
`;
};

const sshConfig = (dir: string, hosts: readonly Known[]): string =>
  hosts
    .map(
      ({ host }) => `Host ${host.name}
  HostName 127.0.0.1
  Port ${host.port}
  User ${host.user}
  IdentityFile "${join(dir, 'id')}"
  IdentitiesOnly yes
  UserKnownHostsFile "${join(dir, 'known_hosts')}"
`,
    )
    .join('\n');

const knownHosts = (hosts: readonly Known[]): string =>
  hosts.map(({ host, hostPublicKey }) => `[127.0.0.1]:${host.port} ${hostPublicKey}\n`).join('');

/** Writes `inventory.yml`, `ssh_config` and `known_hosts` into the testbed's folder. */
export const writeConnectionFiles = async (dir: string, hosts: readonly Known[], shell: string): Promise<void> => {
  await writeFile(join(dir, 'inventory.yml'), inventory(dir, hosts, shell));
  await writeFile(join(dir, 'ssh_config'), sshConfig(dir, hosts));
  await writeFile(join(dir, 'known_hosts'), knownHosts(hosts));
};
