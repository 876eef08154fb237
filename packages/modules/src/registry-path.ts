import { HIVES } from '@ratchet/core';
import { sameName } from './registry-state.js';

/** A parsed path, or why it is none. */
export type PathResult = { readonly path: string } | { readonly problem: string };

const refused = (problem: string): PathResult => ({ problem });

const QUOTE_HINT = 'an unquoted NULL, null or ~ in YAML is no text: put quotes around it';

// SCHANNEL reads only the subkeys of these keys, never values in the keys themselves.
const COLLECTION = /\\SCHANNEL\\(?:Protocols|Ciphers|Hashes|KeyExchangeAlgorithms)(?:\\(?<last>[^\\]*))?$/i;

const emptyName = (rest: string): boolean => {
  const match = COLLECTION.exec(rest);
  return match !== null && ['', 'None', 'null'].includes(match.groups?.['last'] ?? 'x');
};

const spelled = (text: string): string => {
  const [, hive, rest] = /^(HK[A-Z_]+):?[\\/]+(.*)$/i.exec(text) ?? [];
  const short = Object.entries(HIVES).find(([key, long]) => sameName(key, hive ?? '') || sameName(long, hive ?? ''));
  return short ? `${short[0]}:\\${(rest ?? '').replaceAll('/', '\\')}` : 'HKLM:\\SOFTWARE\\…';
};

/**
 * The canonical path of a key written as `ansible.windows.win_regedit` takes it: `HKLM:\…`, a backslash between parts,
 * one more at the end allowed. `/` and every other character is an ordinary part of a name.
 */
export const regeditPath = (text: string): PathResult => {
  const [, short, rest] = /^([A-Z]+):(?:\\(.*))?$/is.exec(text) ?? [];
  if (short === undefined) return refused(`"${text}" is not a registry path: write "${spelled(text)}"`);
  const hive = HIVES[short.toUpperCase()];
  if (!hive) return refused(`"${short}" in "${text}" is no hive: one of ${Object.keys(HIVES).join(', ')}`);
  if (emptyName(`\\${rest ?? ''}`)) return refused(`the path "${text}" has an empty part: ${QUOTE_HINT}`);
  const parts = (rest ?? '').replace(/\\$/, '').split('\\');
  if (parts.length === 1 && parts[0] === '') return refused(`"${text}" is a whole hive: name a key below it`);
  if (parts.some((part) => part === ''))
    return refused(`the path "${text}" has an empty part: write one backslash between two names, or ${QUOTE_HINT}`);
  if (parts.some((part) => part.length > 255)) return refused(`a name in "${text}" is longer than 255 characters`);
  return { path: [hive, ...parts].join('\\') };
};

/**
 * The canonical path of a key written in any of Windows' ways: `HKLM\…`, `HKLM:\…` or `HKEY_LOCAL_MACHINE\…` (with or without
 * the colon), and so for the other hives. Everything after the hive is as in `regeditPath`.
 */
export const registryPath = (text: string): PathResult => {
  const [, hive = '', rest = ''] = /^([A-Z_]+):?((?:\\.*)?)$/is.exec(text) ?? [];
  const short = Object.keys(HIVES).find((key) => sameName(key, hive) || sameName(HIVES[key] as string, hive));
  return regeditPath(short === undefined ? text : `${short}:${rest}`);
};
