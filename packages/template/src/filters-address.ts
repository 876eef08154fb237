import type { Value } from '@ratchet/core';
import { exactInteger } from '@ratchet/source';
import { type Filter, ofValue, textArg } from './filter.js';
import { bitsOf, type IpAddress, ipText, isWithin, lastOf, maskOf, networkOf, readIp, sizeOf } from './ip-address.js';
import { templateError } from './item.js';
import { isInteger, isList } from './python.js';
import { str } from './python-text.js';

const within = (...networks: readonly string[]) => {
  const known = networks.flatMap((network) => readIp(network) ?? []);
  return (address: IpAddress): boolean => known.some((network) => isWithin(address, network));
};
const isPrivate = within(
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
);
const isLoopback = within('127.0.0.0/8', '::1/128');
const isMulticast = within('224.0.0.0/4', 'ff00::/8');
const isLinkLocal = within('169.254.0.0/16', 'fe80::/10');

const shown = (address: IpAddress): string =>
  ipText(address.value, address.version) + (address.withPrefix ? `/${address.prefix}` : '');
const text = (address: IpAddress, value: bigint): string => ipText(value, address.version);
const isNetwork = (address: IpAddress): boolean =>
  address.withPrefix && address.value === networkOf(address) && sizeOf(address) > 1n;
const usable = (address: IpAddress): readonly [bigint, bigint] =>
  sizeOf(address) > 2n ? [networkOf(address) + 1n, lastOf(address) - 1n] : [networkOf(address), lastOf(address)];

const reversed = (address: IpAddress): string => {
  if (address.version === 4) return `${ipText(address.value, 4).split('.').reverse().join('.')}.in-addr.arpa.`;
  return `${[...address.value.toString(16).padStart(32, '0')].reverse().join('.')}.ip6.arpa.`;
};

type IpQuery = (address: IpAddress) => Value;
const when =
  (test: (address: IpAddress) => boolean): IpQuery =>
  (address) =>
    test(address) ? shown(address) : null;

const queries: ReadonlyMap<string, IpQuery> = new Map<string, IpQuery>([
  ['', shown],
  ['bool', () => true],
  ['address', (a) => (isNetwork(a) ? null : text(a, a.value))],
  ['ip', (a) => (isNetwork(a) ? null : text(a, a.value))],
  ['host', (a) => (isNetwork(a) ? null : `${text(a, a.value)}/${a.prefix}`)],
  ['host/prefix', (a) => (isNetwork(a) ? null : `${text(a, a.value)}/${a.prefix}`)],
  ['address/prefix', (a) => (isNetwork(a) ? null : `${text(a, a.value)}/${a.prefix}`)],
  ['ip/prefix', (a) => (isNetwork(a) ? null : `${text(a, a.value)}/${a.prefix}`)],
  ['network', (a) => text(a, networkOf(a))],
  ['network/prefix', (a) => `${text(a, networkOf(a))}/${a.prefix}`],
  ['network_id', (a) => text(a, networkOf(a))],
  ['subnet', (a) => `${text(a, networkOf(a))}/${a.prefix}`],
  ['net', (a) => (isNetwork(a) ? `${text(a, networkOf(a))}/${a.prefix}` : null)],
  ['netmask', (a) => text(a, maskOf(a))],
  ['hostmask', (a) => text(a, ((1n << BigInt(bitsOf(a.version))) - 1n) ^ maskOf(a))],
  ['wildcard', (a) => text(a, ((1n << BigInt(bitsOf(a.version))) - 1n) ^ maskOf(a))],
  ['broadcast', (a) => (a.version === 4 && sizeOf(a) > 2n ? text(a, lastOf(a)) : null)],
  ['prefix', (a) => a.prefix],
  ['size', (a) => exactInteger(sizeOf(a))],
  ['first_usable', (a) => (sizeOf(a) > 1n ? text(a, usable(a)[0]) : null)],
  ['last_usable', (a) => (sizeOf(a) > 1n ? text(a, usable(a)[1]) : null)],
  [
    'range_usable',
    (a) =>
      sizeOf(a) > 1n
        ? usable(a)
            .map((one) => text(a, one))
            .join('-')
        : null,
  ],
  ['int', (a) => (a.withPrefix ? `${a.value}/${a.prefix}` : exactInteger(a.value))],
  ['version', (a) => a.version],
  ['type', (a) => (isNetwork(a) ? 'network' : 'address')],
  ['revdns', reversed],
  ['private', when(isPrivate)],
  ['public', when((a) => !isPrivate(a) && !isMulticast(a))],
  ['loopback', when(isLoopback)],
  ['lo', when(isLoopback)],
  ['multicast', when(isMulticast)],
  ['unicast', when((a) => !isMulticast(a))],
  ['link-local', when(isLinkLocal)],
  ['ipv4', when((a) => a.version === 4)],
  ['ipv6', when((a) => a.version === 6)],
]);

const nth = (address: IpAddress, index: bigint): Value => {
  const value = index < 0n ? lastOf(address) + 1n + index : networkOf(address) + index;
  return value < networkOf(address) || value > lastOf(address) ? null : `${text(address, value)}/${address.prefix}`;
};

const answer = (address: IpAddress, query: string): Value => {
  const known = queries.get(query);
  if (known) return known(address);
  if (/^-?\d+$/.test(query)) return nth(address, BigInt(query));
  const network = readIp(query);
  if (!network) throw templateError(`ipaddr does not know the query "${query}".`);
  return isWithin(address, network) ? shown(address) : null;
};

const addresses = (version: 4 | 6 | undefined): Filter =>
  ofValue((value, args) => {
    const query = textArg(args, 0, 'query', '');
    const one = (item: Value): Value => {
      const address = isInteger(item) ? readIp(ipText(BigInt(item), 4)) : readIp(str(item));
      if (!address || (version !== undefined && address.version !== version)) return false;
      return answer(address, query);
    };
    if (!isList(value)) return one(value);
    return value.map(one).filter((item) => item !== false && item !== null);
  });

/** Filters of `ansible.utils` for addresses. */
export const addressFilters: readonly (readonly [string, Filter])[] = [
  ['ipaddr', addresses(undefined)],
  ['ipv4', addresses(4)],
  ['ipv6', addresses(6)],
];
