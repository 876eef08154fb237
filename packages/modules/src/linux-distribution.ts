import type { Sections } from './local-facts-script.js';

type Facts = Record<string, unknown>;

/** Ansible's names for distributions, by the ID of os-release, with their family. */
const KNOWN: Readonly<Record<string, readonly [name: string, family: string]>> = {
  debian: ['Debian', 'Debian'],
  ubuntu: ['Ubuntu', 'Debian'],
  raspbian: ['Debian', 'Debian'],
  linuxmint: ['Linux Mint', 'Debian'],
  kali: ['Kali', 'Debian'],
  pop: ['Pop!_OS', 'Debian'],
  rhel: ['RedHat', 'RedHat'],
  centos: ['CentOS', 'RedHat'],
  rocky: ['Rocky', 'RedHat'],
  almalinux: ['AlmaLinux', 'RedHat'],
  ol: ['OracleLinux', 'RedHat'],
  fedora: ['Fedora', 'RedHat'],
  amzn: ['Amazon', 'RedHat'],
  sles: ['SLES', 'Suse'],
  'opensuse-leap': ['openSUSE Leap', 'Suse'],
  'opensuse-tumbleweed': ['openSUSE Tumbleweed', 'Suse'],
  arch: ['Archlinux', 'Archlinux'],
  manjaro: ['Manjaro', 'Archlinux'],
  alpine: ['Alpine', 'Alpine'],
  gentoo: ['Gentoo', 'Gentoo'],
  nixos: ['NixOS', 'NixOS'],
};

/** The assignments of a file for the shell (`ID=debian`, `NAME="A B"`), quotes taken off. */
export const assignments = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const found = /^\s*([A-Za-z_]\w*)=(.*?)\s*$/.exec(line);
      if (!found) return [];
      const value = found[2] as string;
      const quoted = /^(["'])(.*)\1$/.exec(value);
      return [[found[1] as string, quoted ? (quoted[2] as string).replace(/\\(["$`\\])/g, '$1') : value]];
    }),
  );

const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

// Debian's os-release says 12 alone; the point release stands in /etc/debian_version, RedHat's in redhat-release.
const fullVersion = (id: string, version: string, section: Sections): string => {
  const point = section('debian-version').trim();
  if (id === 'debian' && point.startsWith(`${version}.`)) return point;
  const red = /release (\d[\d.]*)/.exec(section('redhat-release'))?.[1];
  if (red?.startsWith(`${version}.`)) return red;
  return version;
};

/** `ansible_distribution…` and `ansible_os_family`. */
export const distributionFacts = (section: Sections): Facts => {
  const release = assignments(section('os-release'));
  const id = release.get('ID') ?? 'linux';
  const like = (release.get('ID_LIKE') ?? '').split(' ');
  const family = [id, ...like].map((one) => KNOWN[one]?.[1]).find((one) => one !== undefined);
  const version = fullVersion(id, release.get('VERSION_ID') ?? 'NA', section);
  const [major = 'NA', minor] = version.split('.');
  const codename = release.get('VERSION_CODENAME') ?? /\((.+?)\)/.exec(release.get('VERSION') ?? '')?.[1];
  const name = KNOWN[id]?.[0] ?? capitalised(id);
  return {
    distribution: name,
    distribution_version: version,
    distribution_major_version: major,
    ...(id === 'debian' && minor !== undefined ? { distribution_minor_version: minor } : {}),
    distribution_release: codename ?? 'NA',
    distribution_file_path: '/etc/os-release',
    distribution_file_parsed: true,
    distribution_file_variety: KNOWN[id]?.[1] ?? name,
    os_family: family ?? name,
  };
};

/** `ansible_lsb`, from /etc/lsb-release or, without it, from os-release. */
export const lsbFacts = (section: Sections): Facts => {
  const lsb = assignments(section('lsb'));
  const release = assignments(section('os-release'));
  const version = lsb.get('DISTRIB_RELEASE') ?? release.get('VERSION_ID');
  if (version === undefined) return { lsb: {} };
  const id = release.get('ID') ?? '';
  return {
    lsb: {
      id: lsb.get('DISTRIB_ID') ?? KNOWN[id]?.[0] ?? capitalised(id),
      codename: lsb.get('DISTRIB_CODENAME') ?? release.get('VERSION_CODENAME') ?? '',
      description: lsb.get('DISTRIB_DESCRIPTION') ?? release.get('PRETTY_NAME') ?? '',
      release: version,
      major_release: version.split('.')[0],
    },
  };
};
