/** What a section of the output holds; empty when there is no such section. */
export type Sections = (name: string) => string;

/** Stands before the name of each section of the script's output. */
export const SECTION = '@@ratchet ';

// Without the modules of the site (-S), which take longest to load.
const PYTHON =
  'import sys,importlib.util as u;print(sys.executable);print(sys.implementation.name);print(*sys.version_info);print(u.find_spec("_ssl") is not None)';

/** Where what is known of a Linux machine is read from; each command may be missing, its section is then empty. */
const SECTIONS: readonly (readonly [name: string, command: string])[] = [
  ['kernel', 'uname -s; uname -n; uname -r; uname -v; uname -m'],
  ['fqdn', 'hostname -f 2>/dev/null'],
  ['date', "date '+%s %N %Z %z %Y-%m-%d %H:%M:%S %A %w %W %V'; date -u '+%Y-%m-%dT%H:%M:%S'"],
  ['user', 'id -un; id -u; id -g; id -ru; id -rg; getent passwd "$(id -un)" || grep "^$(id -un):" /etc/passwd'],
  ['os-release', 'cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release'],
  ['debian-version', 'cat /etc/debian_version'],
  ['redhat-release', 'cat /etc/redhat-release'],
  ['lsb', 'cat /etc/lsb-release'],
  ['machine-id', 'cat /etc/machine-id 2>/dev/null || cat /var/lib/dbus/machine-id'],
  ['cmdline', 'cat /proc/cmdline'],
  ['fips', 'cat /proc/sys/crypto/fips_enabled'],
  ['init', 'cat /proc/1/comm'],
  ['resolv', 'cat /etc/resolv.conf'],
  ['host-keys', 'for f in /etc/ssh/ssh_host_*_key.pub; do test -r "$f" && echo "$f $(cat "$f")"; done'],
  ['managers', 'for p in apt-get dnf yum zypper pacman apk emerge; do command -v $p >/dev/null 2>&1 && echo $p; done'],
  ['apparmor', 'test -d /sys/kernel/security/apparmor && echo enabled || echo disabled'],
  ['selinux', 'cat /sys/fs/selinux/enforce'],
  ['memory', 'cat /proc/meminfo'],
  ['python', `$(command -v python3 || command -v python) -I -S -c '${PYTHON}'`],
  ['processor', 'cat /proc/cpuinfo'],
  ['nproc', 'nproc'],
  ['uptime', 'cat /proc/uptime'],
  ['load', 'cat /proc/loadavg'],
  ['mounts', 'cat /proc/mounts'],
  [
    'file-systems',
    'cut -d" " -f2 /proc/mounts | while read -r m; do p=$(printf %b "$m"); stat -f -c "%S %b %a %c %d $m" "$p"; done',
  ],
  ['dmi', 'for f in /sys/class/dmi/id/*; do test -f "$f" && test -r "$f" && echo "$(basename "$f")=$(cat "$f")"; done'],
  ['links', 'ip -j link show; echo'],
  ['addresses', 'ip -j addr show; echo'],
  ['route4', 'ip -j -4 route show default; echo'],
  ['route6', 'ip -j -6 route show default; echo'],
  [
    'virtual',
    'systemd-detect-virt; test -e /.dockerenv && echo dockerenv; test -e /run/.containerenv && echo podmanenv',
  ],
  ['userspace', 'getconf LONG_BIT'],
  // Last, and ended by zero bytes: its values may hold line breaks, and lines that look like sections.
  ['env', 'env -0'],
];

/** A script for /bin/sh that only reads, and prints every section. */
export const localFactsScript = (): string =>
  SECTIONS.map(([name, command]) => `echo '${SECTION}${name}'\n{ ${command}\n} 2>/dev/null </dev/null`)
    .join('\n')
    .concat('\ntrue\n');

/** The sections of what the script printed, by name, without the line break at the end. */
export const factSections = (output: string): ReadonlyMap<string, string> => {
  const start = output.indexOf(`${SECTION}env\n`);
  const head = start === -1 ? output : output.slice(0, start);
  const sections = new Map<string, string>();
  for (const part of head.split(new RegExp(`^${SECTION}`, 'm')).slice(1)) {
    const cut = part.indexOf('\n');
    sections.set(part.slice(0, cut), part.slice(cut + 1).replace(/\n$/, ''));
  }
  if (start !== -1) sections.set('env', output.slice(start + SECTION.length + 4));
  return sections;
};
