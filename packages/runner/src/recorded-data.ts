import { Float } from '@ratchet/core';

const TAG = '$ratchet';

const encodeOne = (value: unknown): unknown => {
  if (typeof value === 'bigint') return { [TAG]: 'int', value: value.toString() };
  if (value instanceof Float) return { [TAG]: 'float', value: String(value.value) };
  if (value instanceof Map) return { [TAG]: 'map', value: [...value].map((pair) => pair.map(encode)) };
  if (typeof value === 'object' && value !== null && TAG in value)
    return { [TAG]: 'map', value: Object.entries(value).map(([key, item]) => [key, encode(item)]) };
  return undefined;
};

/** Data as JSON carries it: what JSON has no form for (whole numbers of any size, whole floats, dicts) is tagged. */
export const encode = (value: unknown): unknown => {
  const tagged = encodeOne(value);
  if (tagged !== undefined) return tagged;
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item)]));
  return value;
};

const decodeTagged = (tag: unknown, value: unknown): unknown => {
  if (tag === 'int') return BigInt(String(value));
  if (tag === 'float') return new Float(Number(value));
  return new Map((value as [unknown, unknown][]).map(([key, item]) => [decode(key), decode(item)]));
};

/** The data that `encode` was given. */
export const decode = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  if (TAG in fields) return decodeTagged(fields[TAG], fields['value']);
  return Object.fromEntries(Object.entries(fields).map(([key, item]) => [key, decode(item)]));
};
