import type { Collector } from './fact-subset.js';
import { distributionFacts, lsbFacts } from './linux-distribution.js';
import type { Sections } from './local-facts-script.js';
import { hardwareFacts } from './local-hardware-facts.js';
import { networkFacts } from './local-network-facts.js';

type Facts = Record<string, unknown>;

const linesOf = (text: string): readonly string[] => text.split('\n');

const kernelFacts = (section: Sections): Facts => {
  const [system = '', node = '', release = '', version = '', machine = ''] = linesOf(section('kernel'));
  const fqdn = section('fqdn').trim() || node;
  const bits = section('userspace').trim();
  return {
    system,
    kernel: release,
    kernel_version: version,
    machine,
    architecture: /^i[3-6]86$/.test(machine) ? 'i386' : machine,
    nodename: node,
    hostname: node.split('.')[0] ?? node,
    fqdn,
    domain: fqdn.split('.').slice(1).join('.'),
    machine_id: section('machine-id').trim(),
    ...(bits === '' ? {} : { userspace_bits: bits }),
    ...(bits === '64' && machine === 'x86_64' ? { userspace_architecture: 'x86_64' } : {}),
  };
};

const userFacts = (section: Sections): Facts => {
  const [name = '', uid = '', gid = '', ruid = '', rgid = '', entry = ''] = linesOf(section('user'));
  const [, , passwdUid, passwdGid, gecos = '', home = '', shell = ''] = entry.split(':');
  return {
    user_id: name,
    user_uid: Number(passwdUid ?? uid),
    user_gid: Number(passwdGid ?? gid),
    user_gecos: gecos,
    user_dir: home,
    user_shell: shell,
    effective_user_id: Number(uid),
    effective_group_id: Number(gid),
    real_user_id: Number(ruid),
    real_group_id: Number(rgid),
  };
};

/** `ansible_date_time` from seconds, nanoseconds and the parts that `date` prints. */
const dateFacts = (section: Sections): Facts => {
  const [here = '', utc = ''] = linesOf(section('date'));
  const [epoch = '', nanos = '', zone = '', offset = '', date = '', time = '', weekday = '', number = '', w = ''] =
    here.split(' ');
  const [year = '', month = '', day = ''] = date.split('-');
  const [hour = '', minute = '', second = ''] = time.split(':');
  const micro = nanos.padEnd(9, '0').slice(0, 6);
  const compact = `${year}${month}${day}T${hour}${minute}${second}`;
  const stamps = {
    iso8601: `${utc}Z`,
    iso8601_micro: `${utc}.${micro}Z`,
    iso8601_basic: `${compact}${micro}`,
    iso8601_basic_short: compact,
  };
  const zones = { tz: zone, tz_dst: zone, tz_offset: offset };
  const parts = { year, month, day, hour, minute, second, weekday, weekday_number: number, weeknumber: w };
  return { date_time: { ...parts, date, time, epoch, epoch_int: epoch, ...stamps, ...zones } };
};

/** Words of a kernel command line: `a=b` is a text, a bare word true; in `proc_cmdline` a name given twice has a list. */
const commandLineFacts = (section: Sections): Facts => {
  const last: Facts = Object.create(null);
  const every: Facts = Object.create(null);
  for (const word of section('cmdline').trim().split(/\s+/).filter(Boolean)) {
    const cut = word.indexOf('=');
    const name = cut === -1 ? word : word.slice(0, cut);
    const value = cut === -1 ? true : word.slice(cut + 1).replace(/^"(.*)"$/, '$1');
    last[name] = value;
    const before = every[name];
    every[name] = before === undefined || value === true ? value : [before, value].flat();
  }
  return { cmdline: last, proc_cmdline: every };
};

const environmentFacts = (section: Sections): Facts => {
  const env: Facts = Object.create(null);
  for (const entry of section('env').split('\0')) {
    const cut = entry.indexOf('=');
    if (cut > 0) env[entry.slice(0, cut)] = entry.slice(cut + 1);
  }
  return { env };
};

const dnsFacts = (section: Sections): Facts => {
  const dns: Record<string, unknown> = {};
  for (const line of linesOf(section('resolv'))) {
    const [word = '', ...rest] = line.trim().split(/\s+/);
    if (word === 'nameserver') dns['nameservers'] = [...((dns['nameservers'] as string[] | undefined) ?? []), ...rest];
    else if (word === 'search' || word === 'sortlist') dns[word] = rest;
    else if (word === 'domain') dns['domain'] = rest[0];
    else if (word === 'options')
      dns['options'] = Object.fromEntries(rest.map((one) => [one.split(':')[0], one.split(':')[1] ?? true]));
  }
  return { dns };
};

const MANAGERS: Readonly<Record<string, string>> = { 'apt-get': 'apt', emerge: 'portage' };

const hostKeyFacts = (section: Sections): Facts =>
  Object.fromEntries(
    linesOf(section('host-keys')).flatMap((line) => {
      const [path = '', kind = '', key] = line.split(' ');
      const name = /ssh_host_(\w+)_key\.pub$/.exec(path)?.[1];
      if (name === undefined || key === undefined) return [];
      return [
        [`ssh_host_key_${name}_public`, key],
        [`ssh_host_key_${name}_public_keytype`, kind],
      ];
    }),
  );

/** The Python of the machine, which nothing here needs, for tasks that ask for it; none where there is none. */
const pythonFacts = (section: Sections): Facts => {
  const [executable = '', type = '', version = '', ssl = ''] = linesOf(section('python'));
  const [major, minor, micro, releaselevel, serial] = version
    .split(' ')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  if (executable === '' || serial === undefined) return {};
  return {
    python: {
      executable,
      type,
      version: { major, minor, micro, releaselevel, serial },
      version_info: [major, minor, micro, releaselevel, serial],
      has_sslcontext: ssl === 'True',
    },
    python_version: `${major}.${minor}.${micro}`,
  };
};

const loadFacts = (section: Sections): Facts => {
  const [one, five, fifteen] = section('load').split(' ').map(Number);
  return { loadavg: { '1m': one, '5m': five, '15m': fifteen } };
};

const virtualFacts = (section: Sections): Facts => {
  const [detected = 'none', ...marks] = linesOf(section('virtual'));
  const container = marks.includes('dockerenv') ? 'docker' : marks.includes('podmanenv') ? 'podman' : undefined;
  const type = container ?? (detected === '' || detected === 'none' ? undefined : detected);
  const guest = container === undefined ? (type === undefined ? [] : [type]) : ['container', container];
  return {
    virtualization_type: type ?? 'NA',
    virtualization_role: type === undefined ? 'NA' : 'guest',
    virtualization_tech_guest: guest,
    virtualization_tech_host: [],
  };
};

const selinux = (section: Sections): Facts => {
  const enforce = section('selinux').trim();
  if (enforce === '') return { selinux: { status: 'disabled' }, selinux_python_present: true };
  return { selinux: { status: 'enabled', mode: enforce === '1' ? 'enforcing' : 'permissive' } };
};

const COLLECTORS: Readonly<Record<Collector, (section: Sections) => Facts>> = {
  apparmor: (section) => ({ apparmor: { status: section('apparmor').trim() || 'disabled' } }),
  caps: () => ({}),
  cmdline: commandLineFacts,
  date_time: dateFacts,
  distribution: distributionFacts,
  dns: dnsFacts,
  env: environmentFacts,
  fips: (section) => ({ fips: section('fips').trim() === '1' }),
  local: () => ({ local: {} }),
  lsb: lsbFacts,
  pkg_mgr: (section) => {
    const [found = 'unknown'] = linesOf(section('managers').trim() || 'unknown');
    return { pkg_mgr: MANAGERS[found] ?? found };
  },
  platform: kernelFacts,
  python: pythonFacts,
  selinux,
  service_mgr: (section) => ({ service_mgr: section('init').trim() || 'service' }),
  ssh_pub_keys: hostKeyFacts,
  user: userFacts,
  hardware: hardwareFacts,
  network: networkFacts,
  virtual: virtualFacts,
  loadavg: loadFacts,
  tls: () => ({}),
};

/** A Linux machine's facts, without the `ansible_` in front, from the script's sections. */
export const localFacts = (sections: ReadonlyMap<string, string>, collectors: ReadonlySet<Collector>): Facts => {
  const section = (name: string): string => sections.get(name) ?? '';
  return Object.assign({}, ...[...collectors].map((one) => COLLECTORS[one](section)));
};
