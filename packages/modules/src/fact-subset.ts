import { didYouMean } from '@ratchet/core';

/** Facts in groups, as `gather_subset` names them. */
export type Subset = 'min' | 'hardware' | 'network' | 'virtual';

const MINIMAL = [
  'apparmor',
  'caps',
  'cmdline',
  'date_time',
  'distribution',
  'dns',
  'env',
  'fips',
  'local',
  'lsb',
  'pkg_mgr',
  'platform',
  'python',
  'selinux',
  'service_mgr',
  'ssh_pub_keys',
  'user',
] as const;

/** One collector of facts: what a single name in `gather_subset` asks for. */
export type Collector = (typeof MINIMAL)[number] | 'hardware' | 'network' | 'virtual' | 'loadavg' | 'tls';

const MORE: readonly Collector[] = ['hardware', 'network', 'virtual', 'loadavg', 'tls'];

/** Ansible's other names for a collector, and names for what Ratchet never has (Puppet's and Chef's own facts). */
const SYNONYMS: Readonly<Record<string, readonly Collector[]>> = {
  all: [...MINIMAL, ...MORE],
  min: MINIMAL,
  all_ipv4_addresses: ['network'],
  all_ipv6_addresses: ['network'],
  default_ipv4: ['network'],
  default_ipv6: ['network'],
  interfaces: ['network'],
  devices: ['hardware'],
  mounts: ['hardware'],
  processor: ['hardware'],
  memory: ['hardware'],
  virtualization_type: ['virtual'],
  virtualization_role: ['virtual'],
  distribution_version: ['distribution'],
  distribution_release: ['distribution'],
  distribution_major_version: ['distribution'],
  os_family: ['distribution'],
  machine: ['platform'],
  machine_id: ['platform'],
  architecture: ['platform'],
  system: ['platform'],
  kernel: ['platform'],
  domain: ['platform'],
  hostname: ['platform'],
  fqdn: ['platform'],
  system_capabilities: ['caps'],
  proc_cmdline: ['cmdline'],
  python_version: ['python'],
  user_id: ['user'],
  facter: [],
  ohai: [],
  fibre_channel_wwn: [],
  iscsi: [],
  nvme: [],
  chroot: [],
  is_chroot: [],
};

const collectorsOf = (name: string): readonly Collector[] | undefined =>
  SYNONYMS[name] ?? [...MINIMAL, ...MORE].filter((one) => one === name);

/** What a wrong name in `gather_subset` is told, or undefined when all are known. */
export const unknownSubset = (subset: readonly string[]): string | undefined => {
  for (const word of subset) {
    const name = word.replace(/^!/, '').trim();
    if (name === '' || (collectorsOf(name)?.length ?? 0) > 0 || Object.hasOwn(SYNONYMS, name)) continue;
    const near = didYouMean(name, [...Object.keys(SYNONYMS), ...MINIMAL, ...MORE]);
    return `Bad subset '${name}' given.${near === undefined ? '' : ` ${near}`}`;
  }
  return undefined;
};

const ofAll = (names: readonly string[]): readonly Collector[] => names.flatMap((name) => collectorsOf(name) ?? []);

/**
 * The collectors that `gather_subset` asks for, with Ansible's rules (found by asking it): what is named stands beside the
 * minimal ones, a list of exclusions alone leaves the minimal ones without what it excludes, and `!min` takes those away. A
 * name given both ways is wanted. Facts of the hardware come with the platform's.
 */
export const collectorsFor = (subset: readonly string[]): ReadonlySet<Collector> => {
  const words = subset.map((word) => word.trim()).filter((word) => word !== '');
  const wanted = words.filter((word) => !word.startsWith('!'));
  const excluded = words.filter((word) => word.startsWith('!')).map((word) => word.slice(1));
  const chosen = new Set<Collector>([...(excluded.includes('min') ? [] : MINIMAL), ...ofAll(wanted)]);
  const named = new Set(ofAll(wanted.filter((name) => name !== 'all' && name !== 'min')));
  for (const one of ofAll(excluded.filter((name) => name !== 'all'))) if (!named.has(one)) chosen.delete(one);
  if (chosen.has('hardware')) chosen.add('platform');
  return chosen;
};
