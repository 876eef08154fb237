import type { Sections } from './local-facts-script.js';

type Facts = Record<string, unknown>;

interface Address {
  readonly family?: string;
  readonly local?: string;
  readonly prefixlen?: number;
  readonly broadcast?: string;
  readonly scope?: string;
}

interface Interface {
  readonly ifname: string;
  readonly address?: string;
  readonly mtu?: number;
  readonly flags?: readonly string[];
  readonly link_type?: string;
  readonly addr_info?: readonly Address[];
}

interface Route {
  readonly gateway?: string;
  readonly dev?: string;
}

const list = <T>(text: string): readonly T[] => {
  const start = text.indexOf('[');
  const end = text.lastIndexOf(']');
  if (start === -1 || end === -1) return [];
  try {
    const found: unknown = JSON.parse(text.slice(start, end + 1));
    return Array.isArray(found) ? found : [];
  } catch {
    // An `ip` without -j (older than 2017) prints no JSON: there are then no facts of the network.
    return [];
  }
};

const asNumber = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const asAddress = (number: number): string => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
const maskOf = (prefix: number): number => (prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0);

const ipv4 = ({ local = '', prefixlen = 32, broadcast = '' }: Address): Facts => ({
  address: local,
  broadcast,
  netmask: asAddress(maskOf(prefixlen)),
  network: asAddress((asNumber(local) & maskOf(prefixlen)) >>> 0),
  prefix: String(prefixlen),
});

const ipv6 = ({ local = '', prefixlen = 128, scope = '' }: Address): Facts => ({
  address: local,
  prefix: String(prefixlen),
  scope,
});

const typeOf = (link: Interface): string =>
  link.link_type === 'ether' ? 'ether' : link.link_type === 'loopback' ? 'loopback' : (link.link_type ?? 'unknown');

const interfaceFacts = (link: Interface): Facts => {
  const of = (family: string): readonly Address[] => (link.addr_info ?? []).filter((one) => one.family === family);
  const [first, ...more] = of('inet').map(ipv4);
  const six = of('inet6').map(ipv6);
  const flags = link.flags ?? [];
  return {
    device: link.ifname,
    active: flags.includes('UP'),
    ...(typeOf(link) === 'ether' && link.address !== undefined ? { macaddress: link.address } : {}),
    mtu: link.mtu,
    promisc: flags.includes('PROMISC'),
    type: typeOf(link),
    ...(first ? { ipv4: first } : {}),
    ...(more.length > 0 ? { ipv4_secondaries: more } : {}),
    ...(six.length > 0 ? { ipv6: six } : {}),
  };
};

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

const defaultFacts = (route: Route | undefined, links: readonly Interface[], family: 'inet' | 'inet6'): Facts => {
  const link = links.find((one) => one.ifname === route?.dev);
  const address = link?.addr_info?.find((one) => one.family === family);
  if (!route || !link || !address) return {};
  const shared = { interface: link.ifname, macaddress: link.address, mtu: link.mtu, type: typeOf(link) };
  const gateway = route.gateway === undefined ? {} : { gateway: route.gateway };
  return family === 'inet'
    ? { ...ipv4(address), alias: link.ifname, ...shared, ...gateway }
    : { ...ipv6(address), ...shared, ...gateway };
};

/** Interfaces, addresses and default routes, from `ip -j`. */
export const networkFacts = (section: Sections): Facts => {
  const links = list<Interface>(section('addresses'));
  const all = (family: string): readonly string[] =>
    links
      .flatMap((link) => (link.addr_info ?? []).filter((one) => one.family === family).map(({ local }) => local ?? ''))
      .filter((address) => !isLoopback(address));
  return {
    interfaces: links.map(({ ifname }) => ifname),
    all_ipv4_addresses: all('inet'),
    all_ipv6_addresses: all('inet6'),
    default_ipv4: defaultFacts(list<Route>(section('route4'))[0], links, 'inet'),
    default_ipv6: defaultFacts(list<Route>(section('route6'))[0], links, 'inet6'),
    ...Object.fromEntries(links.map((link) => [link.ifname.replace(/[-:.]/g, '_'), interfaceFacts(link)])),
  };
};
