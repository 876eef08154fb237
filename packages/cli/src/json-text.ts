import { Template, type Value } from '@ratchet/core';
import { toJson } from '@ratchet/template';

const STYLE = { indent: 4, sort: true, ascii: false };
const VAULT = /^\$ANSIBLE_VAULT;/;

/** Encrypted texts as Ansible writes them in JSON. */
const withVaults = (value: Value): Value => {
  if (typeof value === 'string' && VAULT.test(value)) return new Map([['__ansible_vault', value]]);
  if (value instanceof Template) return value.text;
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, withVaults(item)] as [Value, Value]));
  return Array.isArray(value) ? value.map(withVaults) : value;
};

/** Writes the values of an inventory as ansible-inventory writes JSON: four blanks, keys sorted, encrypted texts as `__ansible_vault`. */
export const jsonText = (value: Value): string => `${toJson(withVaults(value), STYLE)}\n`;
