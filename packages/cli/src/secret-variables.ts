import type { Secrets } from '@ratchet/core';

const NAMES = [
  'ansible_password',
  'ansible_ssh_pass',
  'ansible_ssh_password',
  'ansible_become_password',
  'ansible_become_pass',
  'ansible_ssh_private_key_passphrase',
  'ratchet_jump_password',
] as const;

/** Makes the values of the variables that hold passwords known as secrets; `get` looks one variable up. */
export const addSecretVariables = (secrets: Secrets, get: (name: string) => unknown): void => {
  for (const name of NAMES) {
    const value = get(name);
    if (typeof value === 'string') secrets.add(value);
    if (typeof value === 'number' || typeof value === 'bigint') secrets.add(String(value));
  }
};
