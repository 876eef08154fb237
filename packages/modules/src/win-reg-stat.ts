import type { ActionModule, RegistryData, RegistryKey } from '@ratchet/core';
import { z } from 'zod';
import { text } from './parameter-values.js';
import { regeditPath } from './registry-path.js';
import { dataIn } from './registry-state.js';

const params = z.strictObject({
  path: text.transform((given, context): string => {
    const found = regeditPath(given);
    if ('path' in found) return found.path;
    context.addIssue({ code: 'custom', message: found.problem });
    return z.NEVER;
  }),
  name: text.optional(),
});

const bytesOf = (hex: string): readonly number[] => (hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));

const rawBytes = (hex: string): readonly string[] => (hex.match(/../g) ?? []).map((byte) => `0x${byte.toLowerCase()}`);

/** Replaces `%NAME%` in a REG_EXPAND_SZ by the host's environment. */
const expanded = (value: string, env: ReadonlyMap<string, string>): string =>
  value.replace(/%([^%]+)%/g, (all, name: string) => env.get(name.toUpperCase()) ?? all);

/** A value as win_reg_stat tells it: the raw one, its type, and the one a program would read. */
export const told = (data: RegistryData, env: ReadonlyMap<string, string>): Readonly<Record<string, unknown>> => {
  switch (data.type) {
    case 'REG_SZ':
      return { raw_value: data.text, type: data.type, value: data.text };
    case 'REG_EXPAND_SZ':
      return { raw_value: data.text, type: data.type, value: expanded(data.text, env) };
    case 'REG_DWORD':
    case 'REG_QWORD':
      return { raw_value: data.number, type: data.type, value: data.number };
    case 'REG_MULTI_SZ':
      return { raw_value: data.items, type: data.type, value: data.items };
    case 'REG_BINARY':
    case 'REG_NONE':
      return { raw_value: rawBytes(data.hex), type: data.type, value: bytesOf(data.hex) };
    default:
      return { raw_value: rawBytes(data.hex), type: `REG_TYPE_${data.typeNumber}`, value: bytesOf(data.hex) };
  }
};

const lastPart = (path: string): string => path.slice(path.lastIndexOf('\\') + 1);

const needsEnvironment = (key: RegistryKey, name: string | undefined): boolean =>
  key.values.some(
    (value) =>
      value.data.type === 'REG_EXPAND_SZ' &&
      value.data.text.includes('%') &&
      (name === undefined || value.name.toLowerCase() === name.toLowerCase()),
  );

const environmentOf = (output: string): ReadonlyMap<string, string> =>
  new Map(
    output.split(/\r?\n/).flatMap((line): [string, string][] => {
      const cut = line.indexOf('=', 1);
      return cut > 0 ? [[line.slice(0, cut).toUpperCase(), line.slice(cut + 1)]] : [];
    }),
  );

/** A registry key with its values and subkeys, or one value. */
export const winRegStat: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'win_reg_stat',
  aliases: ['ansible.windows.win_reg_stat'],
  summary: 'Tells of a registry key, or of one value',
  params,
  parameters: {
    path: { description: 'The key: HKLM:\\SOFTWARE\\…', required: true, aliases: ['key'] },
    name: { description: 'The value; "" is the unnamed one', aliases: ['entry', 'value', 'property'] },
  },
  checkMode: 'runs',
  needsHost: true,
  repeatable: () => true,
  async run({ path, name }, host) {
    const [key = null] = await host.registry([name === undefined ? { path } : { path, value: name }]);
    if (key === null) return { values: { exists: false } };
    const env = needsEnvironment(key, name) ? environmentOf((await host.query('set')).stdout) : new Map();
    if (name === undefined) {
      const properties = Object.fromEntries(key.values.map((value) => [value.name, told(value.data, env)]));
      return { values: { exists: true, properties, sub_keys: key.subkeys.map((child) => lastPart(child.path)) } };
    }
    const data = dataIn(key, name);
    return { values: data === null ? { exists: false } : { exists: true, ...told(data, env) } };
  },
};
