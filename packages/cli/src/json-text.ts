import { RatchetError, type Value } from '@ratchet/core';
import { toJsonParts } from '@ratchet/template';

const STYLE = { indent: 4, sort: true, ascii: false };
const VAULT = /^\$ANSIBLE_VAULT;/;

const hasVault = (value: Value): boolean => {
  if (typeof value === 'string') return VAULT.test(value);
  if (value instanceof Map) {
    for (const item of value.values()) if (hasVault(item)) return true;
    return false;
  }
  return Array.isArray(value) && value.some(hasVault);
};

/** Encrypted texts as Ansible writes them in JSON. */
const withVaults = (value: Value): Value => {
  if (typeof value === 'string' && VAULT.test(value)) return new Map([['__ansible_vault', value]]);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, withVaults(item)] as [Value, Value]));
  return Array.isArray(value) ? value.map(withVaults) : value;
};

/**
 * Writes the values of an inventory as ansible-inventory writes JSON: four blanks, keys sorted, encrypted texts as `__ansible_vault`. Names
 * that have no order (`null` beside texts) leave the order as it is, there as here. In parts, to be written one after the other.
 */
export const jsonParts = (value: Value): readonly string[] => {
  const shown = hasVault(value) ? withVaults(value) : value;
  try {
    return [...toJsonParts(shown, STYLE), '\n'];
  } catch (thrown) {
    if (!(thrown instanceof RatchetError) || thrown.code !== 'template-error') throw thrown;
    return [...toJsonParts(shown, { ...STYLE, sort: false }), '\n'];
  }
};
