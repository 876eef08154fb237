/** An address of IPv4 or IPv6 with the length of its network's prefix. */
export interface IpAddress {
  readonly version: 4 | 6;
  readonly value: bigint;
  readonly prefix: number;
  /** The prefix was written. */
  readonly withPrefix: boolean;
}

export const bitsOf = (version: 4 | 6): number => (version === 4 ? 32 : 128);

const readV4 = (text: string): bigint | undefined => {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (!parts || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
};

const readV6 = (text: string): bigint | undefined => {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const embedded = tail ? readV4(tail[2] as string) : undefined;
  if (tail && embedded === undefined) return undefined;
  const whole =
    tail && embedded !== undefined
      ? `${tail[1]}${(embedded >> 16n).toString(16)}:${(embedded & 0xffffn).toString(16)}`
      : text;
  const halves = whole.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], rest = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - rest.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: halves.length === 1 ? 0 : missing }, () => '0'), ...rest];
  if (groups.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((value, group) => (value << 16n) + BigInt(`0x${group}`), 0n);
};

const maskLength = (mask: bigint, bits: number): number | undefined => {
  const text = mask.toString(2).padStart(bits, '0');
  return /^1*0*$/.test(text) ? (text.indexOf('0') === -1 ? bits : text.indexOf('0')) : undefined;
};

const readPrefix = (text: string, version: 4 | 6): number | undefined => {
  if (/^\d{1,3}$/.test(text)) return Number(text) <= bitsOf(version) ? Number(text) : undefined;
  const mask = version === 4 ? readV4(text) : undefined;
  return mask === undefined ? undefined : maskLength(mask, 32);
};

/** Reads `address` or `address/prefix` (a netmask in place of the prefix, too); undefined when it is neither. */
export const readIp = (text: string): IpAddress | undefined => {
  const [address = '', prefix, more] = text.trim().split('/');
  if (more !== undefined) return undefined;
  const version = address.includes(':') ? 6 : 4;
  const value = version === 4 ? readV4(address) : readV6(address);
  if (value === undefined) return undefined;
  const length = prefix === undefined ? bitsOf(version) : readPrefix(prefix, version);
  return length === undefined ? undefined : { version, value, prefix: length, withPrefix: prefix !== undefined };
};

/** An address as text; IPv6 in its shortest form (RFC 5952). */
export const ipText = (value: bigint, version: 4 | 6): string => {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => ((value >> shift) & 255n).toString()).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  const runs = [...groups.join(':').matchAll(/\b0(?::0)+\b/g)].sort((a, b) => b[0].length - a[0].length);
  const longest = runs[0];
  if (!longest) return groups.join(':');
  const text = groups.join(':');
  const before = text.slice(0, longest.index).replace(/:$/, '');
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, '');
  return `${before}::${after}`;
};

export const maskOf = ({ version, prefix }: IpAddress): bigint => {
  const bits = BigInt(bitsOf(version));
  return ((1n << bits) - 1n) ^ ((1n << (bits - BigInt(prefix))) - 1n);
};
export const networkOf = (address: IpAddress): bigint => address.value & maskOf(address);
export const sizeOf = ({ version, prefix }: IpAddress): bigint => 1n << BigInt(bitsOf(version) - prefix);
export const lastOf = (address: IpAddress): bigint => networkOf(address) + sizeOf(address) - 1n;

/** Whether the whole of one network lies in another. */
export const isWithin = (inner: IpAddress, outer: IpAddress): boolean =>
  inner.version === outer.version && networkOf(outer) <= networkOf(inner) && lastOf(inner) <= lastOf(outer);
