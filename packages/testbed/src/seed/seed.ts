import type { RegistryData, RegistryWrite } from '@ratchet/core';
import { certificateBlob, certificateThumbprint } from './certificate.js';
import { OS_FACTS, type OsFacts, type OsName } from './windows-version.js';

/** What can be left out of a host's seed. */
export const PREREQUISITES = ['kb', 'dotnet', 'sql', 'native-client', 'cert', 'app', 'sshd-auto'] as const;
export type Prerequisite = (typeof PREREQUISITES)[number];

export type Arch = 'x64' | 'x86';

export interface SeedOptions {
  readonly os: OsName;
  readonly arch: Arch;
  readonly without: readonly Prerequisite[];
  /** How often the host has restarted: decides BootId. */
  readonly reboots: number;
}

const SOFTWARE = 'HKEY_LOCAL_MACHINE\\SOFTWARE';
const SYSTEM = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet';
const MICROSOFT = `${SOFTWARE}\\Microsoft`;
const CURRENT_VERSION = `${MICROSOFT}\\Windows NT\\CurrentVersion`;

/** Where the boot marker is; it rises by one with each boot. */
export const BOOT_ID = {
  path: `${SYSTEM}\\Control\\Session Manager\\Memory Management\\PrefetchParameters`,
  name: 'BootId',
} as const;

const set = (path: string, name: string, data: RegistryData): RegistryWrite => ({ op: 'set', path, name, data });
const text = (path: string, name: string, value: string) => set(path, name, { type: 'REG_SZ', text: value });
const dword = (path: string, name: string, value: number) => set(path, name, { type: 'REG_DWORD', number: value });

/**
 * The values that say which Windows this is, with the boot marker. They are written after each start of a wine host,
 * since Wine writes its own over them when it starts.
 */
export const identityWrites = ({ os, arch, reboots }: SeedOptions): RegistryWrite[] => {
  const facts = OS_FACTS[os];
  return [
    text(CURRENT_VERSION, 'ProductName', facts.productName),
    text(CURRENT_VERSION, 'InstallationType', facts.installation),
    text(CURRENT_VERSION, 'CurrentBuild', String(facts.build)),
    text(CURRENT_VERSION, 'CurrentBuildNumber', String(facts.build)),
    text(CURRENT_VERSION, 'CurrentVersion', facts.currentVersion),
    facts.ubr === null
      ? { op: 'delete-value', path: CURRENT_VERSION, name: 'UBR' }
      : dword(CURRENT_VERSION, 'UBR', facts.ubr),
    text(
      `${SYSTEM}\\Control\\Session Manager\\Environment`,
      'PROCESSOR_ARCHITECTURE',
      arch === 'x64' ? 'AMD64' : 'x86',
    ),
    dword(BOOT_ID.path, BOOT_ID.name, 1 + reboots),
  ];
};

const PACKAGES = `${MICROSOFT}\\Windows\\CurrentVersion\\Component Based Servicing\\Packages`;

const packageWrite = (number: string, version: string, arch: Arch): RegistryWrite =>
  dword(
    `${PACKAGES}\\Package_for_${number}~31bf3856ad364e35~${arch === 'x64' ? 'amd64' : 'x86'}~~${version}`,
    'CurrentState',
    0x70,
  );

/** The CBS packages of the updates, state 0x70 (installed). 2008 R2 needs one more, for Remote Desktop over TLS 1.2. */
const updateWrites = ({ kb, build }: OsFacts, arch: Arch): RegistryWrite[] => [
  ...(kb === null ? [] : [packageWrite(kb.number, kb.version, arch)]),
  ...(build === 7601 ? [packageWrite('KB3080079', '6.1.1.1', arch)] : []),
];

const dotnetWrites = ({ dotnetRelease, dotnetVersion }: OsFacts, arch: Arch): RegistryWrite[] => {
  const roots = arch === 'x64' ? [SOFTWARE, `${SOFTWARE}\\Wow6432Node`] : [SOFTWARE];
  return roots.flatMap((root) => {
    const full = `${root}\\Microsoft\\NET Framework Setup\\NDP\\v4\\Full`;
    return [dword(full, 'Install', 1), dword(full, 'Release', dotnetRelease), text(full, 'Version', dotnetVersion)];
  });
};

const SQL = `${MICROSOFT}\\Microsoft SQL Server`;

/** SQL Server 2016 RTM, which has TLS 1.2 of its own. */
const sqlWrites = (): RegistryWrite[] => [
  text(`${SQL}\\Instance Names\\SQL`, 'MSSQLSERVER', 'MSSQL13.MSSQLSERVER'),
  text(`${SQL}\\MSSQL13.MSSQLSERVER\\Setup`, 'PatchLevel', '13.0.1601.5'),
  text(`${SQL}\\MSSQL13.MSSQLSERVER\\Setup`, 'Version', '13.0.1601.5'),
  text(`${SQL}\\MSSQL13.MSSQLSERVER\\Setup`, 'Edition', 'Standard Edition'),
];

const NATIVE_CLIENT = '11.4.7001.0';

const nativeClientWrites = (): RegistryWrite[] => [
  text(`${MICROSOFT}\\SQLNCLI11`, 'InstalledVersion', NATIVE_CLIENT),
  text(`${SQL}\\SQLNCLI11\\CurrentVersion`, 'Version', NATIVE_CLIENT),
];

const certificateWrites = (): RegistryWrite[] => [
  set(`${MICROSOFT}\\SystemCertificates\\MY\\Certificates\\${certificateThumbprint}`, 'Blob', {
    type: 'REG_BINARY',
    hex: certificateBlob(),
  }),
];

/** Azure Pack's and Orchestrator's own keys; Orchestrator is a 32-bit program on a 64-bit Windows up to 2019. */
const applicationWrites = (arch: Arch): RegistryWrite[] => {
  const view = arch === 'x64' ? `${SOFTWARE}\\Wow6432Node` : SOFTWARE;
  return [
    ...['AdminAPI', 'TenantAPI', 'AuthSite', 'WindowsAuthSite'].map((role, index) =>
      text(`${MICROSOFT}\\MgmtSvc\\${role}`, 'ProductCode', `{6E2C5A10-3F0B-4A57-9B1D-00000000000${index + 1}}`),
    ),
    text(`${view}\\Microsoft\\SystemCenter2012\\Orchestrator\\Configuration`, 'WebPort', '81'),
  ];
};

/** sshd as an automatic service (Start=2); left out, it starts on demand (3), and a host would not come back by itself. */
const sshdWrites = (automatic: boolean): RegistryWrite[] => {
  const service = `${SYSTEM}\\Services\\sshd`;
  return [
    dword(service, 'Start', automatic ? 2 : 3),
    dword(service, 'Type', 16),
    text(service, 'ObjectName', 'LocalSystem'),
    set(service, 'ImagePath', { type: 'REG_EXPAND_SZ', text: '%SystemRoot%\\System32\\OpenSSH\\sshd.exe' }),
  ];
};

/** What the two guides ask for before they begin, but what is left out. */
export const prerequisiteWrites = ({ os, arch, without }: SeedOptions): RegistryWrite[] => {
  const facts = OS_FACTS[os];
  const parts: Record<Exclude<Prerequisite, 'sshd-auto'>, () => RegistryWrite[]> = {
    kb: () => updateWrites(facts, arch),
    dotnet: () => dotnetWrites(facts, arch),
    sql: sqlWrites,
    'native-client': nativeClientWrites,
    cert: certificateWrites,
    app: () => applicationWrites(arch),
  };
  const wanted = Object.entries(parts).filter(([name]) => !without.some((left) => left === name));
  return [...wanted.flatMap(([, writes]) => writes()), ...sshdWrites(!without.includes('sshd-auto'))];
};

/** All the registry writes that make a blank host look like the chosen Windows. */
export const seedWrites = (options: SeedOptions): RegistryWrite[] => [
  ...identityWrites(options),
  ...prerequisiteWrites(options),
];
