import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { type ActionContext, globRegex } from '@ratchet/core';
import { collectorsFor, unknownSubset } from './fact-subset.js';
import { FakeHost } from './fake-host.js';
import { localFacts } from './local-facts.js';
import { factSections, localFactsScript } from './local-facts-script.js';
import { PROTOCOLS } from './schannel-guard.js';
import { filtered, setup } from './setup.js';
import { fakeContext, nothingThere } from './task.js';
import { environmentFrom } from './windows-facts.js';

const context: ActionContext = {
  ...fakeContext(),
  ...nothingThere,
  now: () => Date.UTC(2026, 10, 25, 14, 5, 9),
  evaluate: (_parameter, expression) => expression,
  conditions: () => [],
};

const factsOf = async (host: FakeHost, given: unknown = {}) =>
  (await setup.run(setup.params.parse(given), host, context)).facts as Record<string, Record<string, unknown>>;

describe('gather_subset, as ansible-core answers it', () => {
  const has = (subset: string, name: 'env' | 'platform' | 'network' | 'hardware' | 'virtual'): boolean =>
    collectorsFor(subset.split(',')).has(name);
  test.each([
    ['all', ['env', 'platform', 'network', 'hardware', 'virtual']],
    ['min', ['env', 'platform']],
    ['!all', ['env', 'platform']],
    ['!all,!min', []],
    ['!min', []],
    ['!all,!min,env', ['env']],
    ['!all,network', ['env', 'platform', 'network']],
    ['!hardware', ['env', 'platform']],
    ['!env', ['platform']],
    ['!network,network', ['env', 'platform', 'network']],
    ['all,!min', ['platform', 'network', 'hardware', 'virtual']],
  ])('%s', (subset, expected) => {
    const names = ['env', 'platform', 'network', 'hardware', 'virtual'] as const;
    expect(names.filter((name) => has(subset, name))).toEqual(expected);
  });
  test('a name that is none is refused with the nearest', () => {
    expect(unknownSubset(['all', '!hardwere'])).toContain('Did you mean "hardware"?');
    expect(unknownSubset(['all', '!facter', 'ohai'])).toBeUndefined();
    expect(setup.params.safeParse({ gather_subset: 'bogus' }).success).toBe(false);
  });
});

test('filter takes shell patterns on the names, with and without the prefix', () => {
  const facts = { ansible_fqdn: 1, ansible_env: 2, ansible_eth0: 3 };
  expect(filtered(facts, ['ansible_e*'])).toEqual({ ansible_env: 2, ansible_eth0: 3 });
  expect(filtered(facts, ['fqdn'])).toEqual({ ansible_fqdn: 1 });
  expect(filtered(facts, ['*'])).toEqual(facts);
  expect(filtered(facts, [''])).toEqual(facts);
  expect(globRegex('a[!b-d]?.x').test('ae1.x')).toBe(true);
  expect(globRegex('a[!b-d]?.x').test('ac1.x')).toBe(false);
});

const RECORDED = `@@ratchet kernel
Linux
web01.example.org
6.1.0-13-amd64
#1 SMP Debian
x86_64
@@ratchet fqdn
web01.example.org
@@ratchet date
1795616355 304058123 CET +0100 2026-11-25 15:19:15 Wednesday 3 47 48
2026-11-25T14:19:15
@@ratchet user
anna
1000
1000
1000
1000
anna:x:1000:1000:Anna,,,:/home/anna:/bin/bash
@@ratchet os-release
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
VERSION_ID="12"
VERSION_CODENAME=bookworm
ID=debian
@@ratchet debian-version
12.11
@@ratchet cmdline
root=/dev/vda1 quiet console=tty0 console=ttyS0
@@ratchet managers
apt-get
@@ratchet init
systemd
@@ratchet memory
MemTotal:        4096000 kB
MemFree:         1024000 kB
Cached:           512000 kB
Buffers:               0 kB
@@ratchet processor
processor	: 0
vendor_id	: GenuineIntel
model name	: Xeon
physical id	: 0
siblings	: 2
cpu cores	: 1

processor	: 1
vendor_id	: GenuineIntel
model name	: Xeon
physical id	: 0
siblings	: 2
cpu cores	: 1
@@ratchet addresses
[{"ifname":"lo","flags":["UP"],"link_type":"loopback","mtu":65536,"addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8}]},{"ifname":"eth0.5","flags":["UP"],"link_type":"ether","address":"02:00:00:00:00:01","mtu":1400,"addr_info":[{"family":"inet","local":"192.0.2.130","prefixlen":25,"broadcast":"192.0.2.255"}]}]
@@ratchet route4
[{"dst":"default","gateway":"192.0.2.129","dev":"eth0.5"}]
@@ratchet mounts
/dev/vda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
@@ratchet file-systems
4096 1000 400 50 10 /
@@ratchet env
A=1\0MULTI=x
@@ratchet kernel
y\0`;

test('facts of a Linux machine from recorded output', () => {
  const facts = localFacts(factSections(RECORDED), collectorsFor(['all']));
  expect(facts).toMatchObject({
    hostname: 'web01',
    fqdn: 'web01.example.org',
    domain: 'example.org',
    distribution: 'Debian',
    distribution_version: '12.11',
    distribution_major_version: '12',
    distribution_release: 'bookworm',
    os_family: 'Debian',
    pkg_mgr: 'apt',
    service_mgr: 'systemd',
    user_id: 'anna',
    user_uid: 1000,
    user_dir: '/home/anna',
    env: { A: '1', MULTI: 'x\n@@ratchet kernel\ny' },
    cmdline: { root: '/dev/vda1', quiet: true, console: 'ttyS0' },
    proc_cmdline: { console: ['tty0', 'ttyS0'] },
    memtotal_mb: 4000,
    memory_mb: { real: { total: 4000, free: 1000, used: 3000 }, nocache: { free: 1500, used: 2500 } },
    processor_count: 1,
    processor_cores: 1,
    processor_threads_per_core: 2,
    processor_vcpus: 2,
    interfaces: ['lo', 'eth0.5'],
    all_ipv4_addresses: ['192.0.2.130'],
    default_ipv4: {
      address: '192.0.2.130',
      netmask: '255.255.255.128',
      network: '192.0.2.128',
      gateway: '192.0.2.129',
      interface: 'eth0.5',
    },
    eth0_5: { active: true, type: 'ether', ipv4: { prefix: '25' } },
    mounts: [{ mount: '/', device: '/dev/vda1', size_total: 4096000, size_available: 1638400, block_used: 600 }],
    date_time: {
      date: '2026-11-25',
      epoch: '1795616355',
      iso8601: '2026-11-25T14:19:15Z',
      iso8601_micro: '2026-11-25T14:19:15.304058Z',
      iso8601_basic_short: '20261125T151915',
      weekday: 'Wednesday',
      tz: 'CET',
      tz_offset: '+0100',
    },
  });
});

test('the Python of the machine, where there is one', () => {
  const facts = (text: string) => localFacts(new Map([['python', text]]), new Set(['python'] as const));
  expect(facts('/usr/bin/python3\ncpython\n3 11 2 final 0\nTrue')).toEqual({
    python: {
      executable: '/usr/bin/python3',
      type: 'cpython',
      version: { major: 3, minor: 11, micro: 2, releaselevel: 'final', serial: 0 },
      version_info: [3, 11, 2, 'final', 0],
      has_sslcontext: true,
    },
    python_version: '3.11.2',
  });
  expect(facts('')).toEqual({});
});

test('the script runs under this machine’s own shell', () => {
  const output = execFileSync('/bin/sh', ['-c', localFactsScript()], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const facts = localFacts(factSections(output), collectorsFor(['all']));
  expect(facts['system']).toBe('Linux');
  expect(facts['env']).toMatchObject({ PATH: process.env['PATH'] });
  expect(facts['user_uid']).toBe(process.getuid?.());
});

const WINDOWS = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion';
const CONTROL = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control';
const TCPIP = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters';

const server = (): FakeHost => {
  const host = new FakeHost({
    command: (line) => ({
      rc: line === 'set' ? 0 : 1,
      stdout: 'ComSpec=C:\\Windows\\cmd.exe\r\nUSERNAME=svc\r\nUSERPROFILE=C:\\Users\\svc\r\n=C:=C:\\x\r\n',
      stderr: '',
    }),
  });
  const put = (path: string, name: string, text: string) =>
    host.put({ op: 'set', path, name, data: { type: 'REG_SZ', text } });
  put(WINDOWS, 'ProductName', 'Windows Server 2016 Standard');
  put(WINDOWS, 'CurrentBuild', '14393');
  put(WINDOWS, 'InstallationType', 'Server');
  host.put({ op: 'set', path: WINDOWS, name: 'CurrentMajorVersionNumber', data: { type: 'REG_DWORD', number: 10 } });
  host.put({ op: 'set', path: WINDOWS, name: 'CurrentMinorVersionNumber', data: { type: 'REG_DWORD', number: 0 } });
  put(`${CONTROL}\\Session Manager\\Environment`, 'PROCESSOR_ARCHITECTURE', 'AMD64');
  put(`${CONTROL}\\ProductOptions`, 'ProductType', 'ServerNT');
  host.put({
    op: 'set',
    path: `${CONTROL}\\TimeZoneInformation`,
    name: 'ActiveTimeBias',
    data: { type: 'REG_DWORD', number: 0xffffffc4 },
  });
  put(TCPIP, 'Hostname', 'SRV01');
  put(TCPIP, 'Domain', 'corp.example');
  host.put({
    op: 'set',
    path: `${TCPIP}\\Interfaces\\{A}`,
    name: 'DhcpIPAddress',
    data: { type: 'REG_SZ', text: '192.0.2.7' },
  });
  return host;
};

describe('a Windows host', () => {
  test('facts in Ansible’s names, with one read of the registry', async () => {
    const host = server();
    expect(await factsOf(host)).toMatchObject({
      ansible_distribution: 'Microsoft Windows Server 2016 Standard',
      ansible_distribution_version: '10.0.14393.0',
      ansible_distribution_major_version: '10',
      ansible_os_family: 'Windows',
      ansible_os_product_type: 'server',
      ansible_os_installation_type: 'Server',
      ansible_architecture: '64-bit',
      ansible_hostname: 'SRV01',
      ansible_fqdn: 'SRV01.corp.example',
      ansible_user_id: 'svc',
      ansible_env: { ComSpec: 'C:\\Windows\\cmd.exe' },
      ansible_ip_addresses: ['192.0.2.7'],
      ansible_date_time: { date: '2026-11-25', time: '15:05:09', iso8601: '2026-11-25T14:05:09Z', tz_offset: '+0100' },
    });
    expect(host.queries).toHaveLength(1);
    expect(host.commands).toEqual(['set']);
  });

  test('C11: what is not configured is null, never false, and nothing is written', async () => {
    const host = server();
    host.put({ op: 'create-key', path: `${PROTOCOLS}\\TLS 1.1` });
    host.put({
      op: 'set',
      path: `${PROTOCOLS}\\TLS 1.2\\Client`,
      name: 'Enabled',
      data: { type: 'REG_DWORD', number: 0 },
    });
    const { ansible_schannel, ansible_dotnet_tls } = await factsOf(host);
    const unset = { state: 'default', enabled: null, disabled_by_default: null };
    expect(ansible_schannel).toMatchObject({
      'TLS 1.0': { client: unset, server: unset },
      'TLS 1.1': { client: unset, server: unset },
      'TLS 1.2': { client: { state: 'disabled', enabled: 0, disabled_by_default: null }, server: unset },
    });
    expect(ansible_dotnet_tls).toMatchObject({
      native: { 'v4.0.30319': { strong_crypto: null, system_default_tls_versions: null } },
    });
    expect(host.writes).toEqual([]);
  });

  test('the environment may hold line breaks', () => {
    expect(environmentFrom('A=1\r\nB=x\r\ny\r\nC==2')).toEqual({ A: '1', B: 'x\ny', C: '=2' });
  });
});

test('setup tells the names of what it gathers', () => {
  const named = (setup.facts ?? []).map(globRegex);
  const facts = Object.keys(localFacts(factSections(RECORDED), collectorsFor(['all'])));
  const missing = facts.filter((name) => !named.some((pattern) => pattern.test(name)));
  expect(facts.length).toBeGreaterThan(30);
  // Interfaces have the machine's own names.
  expect(missing).toEqual(['lo', 'eth0_5']);
});
