import type { Command } from 'commander';
import { collect } from './parse-flags.js';
import type { VaultSources } from './vault-passwords.js';

/** Declares Ansible's options that say where vault passwords come from. */
export const declareVault = (command: Command): Command =>
  command
    .option('--vault-id <id>', 'vault password: label@file, label@prompt (repeatable)', collect, [])
    .option('--vault-password-file <file>', 'file or script with the vault password (repeatable)', collect, [])
    .option('--vault-pass-file <file>', 'the same as --vault-password-file', collect, [])
    .option('-J, --ask-vault-pass', 'ask for the vault password', false)
    .option('--ask-vault-password', 'the same as --ask-vault-pass', false);

/** Those options from what was parsed; a command that has none of them is as one to which none was given. */
export const vaultSources = (raw: Readonly<Record<string, unknown>>): VaultSources => {
  const lists = (...names: readonly string[]): readonly string[] =>
    names.flatMap((name) => (raw[name] ?? []) as readonly string[]);
  return {
    vaultIds: lists('vaultId'),
    vaultPasswordFiles: lists('vaultPasswordFile', 'vaultPassFile'),
    askVaultPass: raw['askVaultPass'] === true || raw['askVaultPassword'] === true,
  };
};
