import type { HostReader, RegistryAnswer, RegistryKey, RegistryQuery } from '@ratchet/core';
import type { Collector } from './fact-subset.js';
import { dataIn } from './registry-state.js';
import { tlsFacts, tlsQueries } from './windows-tls-facts.js';

type Facts = Record<string, unknown>;

const SYSTEM = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet';
const HARDWARE = 'HKEY_LOCAL_MACHINE\\HARDWARE\\DESCRIPTION\\System';

const KEYS = {
  windows: { path: 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion' },
  environment: { path: `${SYSTEM}\\Control\\Session Manager\\Environment` },
  product: { path: `${SYSTEM}\\Control\\ProductOptions` },
  names: { path: `${SYSTEM}\\Control\\ComputerName\\ActiveComputerName` },
  tcpip: { path: `${SYSTEM}\\Services\\Tcpip\\Parameters`, tree: true },
  zone: { path: `${SYSTEM}\\Control\\TimeZoneInformation` },
  bios: { path: `${HARDWARE}\\BIOS` },
  processors: { path: `${HARDWARE}\\CentralProcessor`, tree: true },
} as const satisfies Record<string, RegistryQuery>;

type Answers = Readonly<Record<keyof typeof KEYS, RegistryAnswer>>;

const textIn = (key: RegistryAnswer, name: string): string => {
  const data = dataIn(key, name);
  if (data === null) return '';
  if ('text' in data) return data.text;
  if ('items' in data) return data.items[0] ?? '';
  return 'number' in data ? String(data.number) : '';
};

const listIn = (key: RegistryAnswer, name: string): readonly string[] => {
  const data = dataIn(key, name);
  const items = data !== null && 'items' in data ? data.items : textIn(key, name).split(/[\s,]+/);
  return items.filter((item) => item !== '' && item !== '0.0.0.0');
};

const childNamed = (key: RegistryAnswer, name: string): RegistryAnswer =>
  key?.subkeys.find(({ path }) => path.toLowerCase().endsWith(`\\${name.toLowerCase()}`)) ?? null;

/** Variables as `set` prints them; names keep the case in which Windows has them. */
export const environmentFrom = (output: string): Readonly<Record<string, string>> => {
  const env: Record<string, string> = Object.create(null);
  let last = '';
  for (const line of output.split(/\r?\n/)) {
    const cut = line.indexOf('=', 1);
    if (cut > 0) {
      last = line.slice(0, cut);
      env[last] = line.slice(cut + 1);
    } else if (last !== '' && line !== '') env[last] = `${env[last]}\n${line}`;
  }
  return env;
};

const PRODUCT_TYPES: Readonly<Record<string, string>> = {
  winnt: 'workstation',
  servernt: 'server',
  lanmannt: 'domain_controller',
};

const ARCHITECTURES: Readonly<Record<string, string>> = {
  amd64: '64-bit',
  arm64: 'ARM 64-bit Processor',
  x86: '32-bit',
};

const versionOf = (answers: Answers): string => {
  const { windows } = answers;
  const major = textIn(windows, 'CurrentMajorVersionNumber');
  const dotted =
    major === '' ? textIn(windows, 'CurrentVersion') : `${major}.${textIn(windows, 'CurrentMinorVersionNumber')}`;
  return `${dotted}.${textIn(windows, 'CurrentBuild')}.0`;
};

const platformFacts = (answers: Answers): Facts => {
  const host = textIn(answers.tcpip, 'Hostname') || textIn(answers.names, 'ComputerName');
  const domain = textIn(answers.tcpip, 'Domain');
  const architecture = textIn(answers.environment, 'PROCESSOR_ARCHITECTURE');
  return {
    system: 'Win32NT',
    kernel: versionOf(answers),
    architecture: ARCHITECTURES[architecture.toLowerCase()] ?? architecture,
    architecture2: architecture === 'AMD64' ? 'x86_64' : architecture.toLowerCase(),
    hostname: host,
    nodename: host,
    netbios_name: textIn(answers.names, 'ComputerName'),
    domain,
    fqdn: domain === '' ? host : `${host}.${domain}`,
    owner_name: textIn(answers.windows, 'RegisteredOwner'),
    system_description: '',
  };
};

const distributionFacts = (answers: Answers): Facts => {
  const version = versionOf(answers);
  const build = Number(textIn(answers.windows, 'CurrentBuild'));
  const product = textIn(answers.windows, 'ProductName');
  // Windows 11 goes on calling itself Windows 10 in this value.
  const name = build >= 22000 ? product.replace(/^Windows 10\b/, 'Windows 11') : product;
  const full = name.startsWith('Microsoft ') ? name : `Microsoft ${name}`;
  return {
    distribution: full,
    os_name: full,
    distribution_version: version,
    distribution_major_version: version.split('.')[0],
    os_family: 'Windows',
    os_installation_type: textIn(answers.windows, 'InstallationType'),
    os_product_type: PRODUCT_TYPES[textIn(answers.product, 'ProductType').toLowerCase()] ?? 'unknown',
  };
};

const addressesOf = (card: RegistryKey): Facts => {
  const pick = (name: string): readonly string[] => {
    const own = listIn(card, name);
    return own.length > 0 ? own : listIn(card, `Dhcp${name}`);
  };
  return {
    address: listIn(card, 'IPAddress')[0] ?? listIn(card, 'DhcpIPAddress')[0],
    addresses: pick('IPAddress'),
    default_gateway: pick('DefaultGateway')[0] ?? null,
    dns_domain: textIn(card, 'Domain') || textIn(card, 'DhcpDomain') || null,
    dns_servers: pick('NameServer'),
  };
};

const networkFacts = (answers: Answers): Facts => {
  const cards = (childNamed(answers.tcpip, 'Interfaces')?.subkeys ?? [])
    .map((card) => ({ connection_id: card.path.slice(card.path.lastIndexOf('\\') + 1), ...addressesOf(card) }) as Facts)
    .filter((card) => card['address'] !== undefined);
  const addresses = cards.flatMap((card) => card['addresses'] as readonly string[]);
  const main = cards.find((card) => card['default_gateway'] !== null);
  return {
    interfaces: cards.map(({ address: _, addresses: __, ...card }) => card),
    ip_addresses: addresses,
    all_ipv4_addresses: addresses.filter((address) => /^[\d.]+$/.test(address)),
    default_ipv4: main
      ? { address: main['address'], gateway: main['default_gateway'], interface: main['connection_id'] }
      : {},
  };
};

const hardwareFacts = (answers: Answers): Facts => {
  const units = answers.processors?.subkeys ?? [];
  return {
    processor: units.flatMap((unit, index) => [
      String(index),
      textIn(unit, 'VendorIdentifier'),
      textIn(unit, 'ProcessorNameString').trim(),
    ]),
    processor_vcpus: units.length,
    bios_date: textIn(answers.bios, 'BIOSReleaseDate'),
    bios_version: textIn(answers.bios, 'BIOSVersion'),
    product_name: textIn(answers.bios, 'SystemProductName'),
    product_version: textIn(answers.bios, 'SystemVersion'),
    system_vendor: textIn(answers.bios, 'SystemManufacturer'),
  };
};

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const two = (number: number): string => String(number).padStart(2, '0');

// Minutes that are to be added to local time to get UTC (TimeZoneInformation, ActiveTimeBias: a signed DWORD).
const dateFacts = (answers: Answers, now: number): Facts => {
  const bias = Number(textIn(answers.zone, 'ActiveTimeBias') || 0) | 0;
  const local = new Date(now - bias * 60_000);
  const [date = '', clock = ''] = local.toISOString().slice(0, 19).split('T');
  const [year, month, day] = date.split('-');
  const [hour, minute, second] = clock.split(':');
  const utc = new Date(now).toISOString();
  const compact = `${date.replaceAll('-', '')}T${clock.replaceAll(':', '')}`;
  const ahead = Math.abs(bias);
  return {
    date_time: {
      ...{ year, month, day, hour, minute, second, date, time: clock },
      weekday: DAYS[local.getUTCDay()],
      weekday_number: String(local.getUTCDay()),
      epoch: String(Math.floor(now / 1000)),
      epoch_int: Math.floor(now / 1000),
      iso8601: `${utc.slice(0, 19)}Z`,
      iso8601_micro: `${utc.slice(0, 23)}000Z`,
      iso8601_basic: `${compact}${utc.slice(20, 23)}000`,
      iso8601_basic_short: compact,
      tz: textIn(answers.zone, 'TimeZoneKeyName'),
      tz_offset: `${bias > 0 ? '-' : '+'}${two(Math.floor(ahead / 60))}${two(ahead % 60)}`,
    },
  };
};

const userFacts = (env: Readonly<Record<string, string>>): Facts => {
  const names = new Map(Object.entries(env).map(([name, value]) => [name.toLowerCase(), value]));
  return { user_id: names.get('username') ?? '', user_dir: names.get('userprofile') ?? '' };
};

/**
 * A Windows host's facts, without the `ansible_` in front: from the registry (one command) and its environment (another).
 * `now` is the controller's clock in milliseconds: cmd.exe tells the time only in the host's language.
 */
export const windowsFacts = async (
  host: HostReader,
  collectors: ReadonlySet<Collector>,
  now: number,
): Promise<Facts> => {
  const names = Object.keys(KEYS) as (keyof typeof KEYS)[];
  const tls = collectors.has('tls') ? tlsQueries : [];
  const needsEnvironment = collectors.has('env') || collectors.has('user');
  const [found, set] = await Promise.all([
    host.registry([...names.map((name) => KEYS[name]), ...tls]),
    needsEnvironment ? host.query('set') : undefined,
  ]);
  const answers = Object.fromEntries(names.map((name, index) => [name, found[index] ?? null])) as Answers;
  const env = environmentFrom(set?.stdout ?? '');
  const made: Partial<Record<Collector, () => Facts>> = {
    platform: () => platformFacts(answers),
    distribution: () => distributionFacts(answers),
    env: () => ({ env }),
    user: () => userFacts(env),
    date_time: () => dateFacts(answers, now),
    network: () => networkFacts(answers),
    hardware: () => hardwareFacts(answers),
    tls: () => tlsFacts(found.slice(names.length)),
  };
  return Object.assign({}, ...[...collectors].map((one) => made[one]?.() ?? {}));
};
