import { RatchetError, type Secrets, sourceError } from '@ratchet/core';
import { decryptVault, readSource, type VaultPassword } from '@ratchet/source';
import type { Decrypt } from './extra-vars.js';

/** Vault passwords from files: the first line's text, as Ansible takes it (the whole file without its last line end). */
export const readVaultPasswords = async (files: readonly string[]): Promise<readonly VaultPassword[]> =>
  Promise.all(files.map(async (file) => ({ id: 'default', secret: (await readSource(file)).text.trim() })));

/** Opens vault texts with these passwords; what comes out is a secret from then on. */
export const vaultReader =
  (passwords: readonly VaultPassword[], secrets: Secrets): Decrypt =>
  (ciphertext, position) => {
    if (passwords.length === 0) {
      throw sourceError('vault', 'This text is encrypted and no vault password was given.', position, {
        hint: 'Give --vault-password-file FILE or --ask-vault-pass.',
      });
    }
    try {
      const plain = decryptVault(ciphertext, passwords);
      secrets.add(plain.replace(/\r?\n$/, ''));
      return plain;
    } catch (error) {
      throw error instanceof RatchetError ? error.at({ at: 'source', position }) : error;
    }
  };
