import { Command } from 'commander';
import { collect, countUp, type HelpAsked, parseFlags } from './parse-flags.js';
import { usageError } from './show-failure.js';
import { declareVault, vaultSources } from './vault-options.js';
import type { VaultSources } from './vault-passwords.js';

const ACTIONS = ['create', 'encrypt', 'decrypt', 'view', 'rekey', 'encrypt_string'] as const;
export type VaultAction = (typeof ACTIONS)[number];

/** The flags of `ratchet vault`, parsed; names and meanings are ansible-vault's. */
export interface VaultFlags extends VaultSources {
  readonly action: VaultAction;
  /** The files; none is standard input. */
  readonly files: readonly string[];
  /** Where `encrypt` and `decrypt` write; `-` is standard output. */
  readonly output?: string;
  /** Which of several passwords encrypts. */
  readonly encryptVaultId?: string;
  readonly newVaultId?: string;
  readonly newVaultPasswordFile?: string;
  /** Names of the texts of `encrypt_string`. */
  readonly names: readonly string[];
  readonly prompt: boolean;
  readonly verbosity: number;
}

const declare = (): Command =>
  declareVault(
    new Command('ratchet vault')
      .usage('create|encrypt|decrypt|view|rekey|encrypt_string [FILE...] [options]')
      .argument('[action]', ACTIONS.join(', '))
      .argument('[files...]', 'files; without any, encrypt and decrypt take standard input')
      .option('--output <file>', 'with encrypt and decrypt: write to this file, "-" is standard output')
      .option('--encrypt-vault-id <id>', 'which of several vault passwords encrypts')
      .option('--new-vault-id <id>', 'with rekey: the new password, label@file or label@prompt')
      .option('--new-vault-password-file <file>', 'with rekey: file or script with the new password')
      .option('-n, --name <name>', 'with encrypt_string: the name of the variable', collect, [])
      .option('--stdin-name <name>', 'the same as --name', collect, [])
      .option('-p, --prompt', 'with encrypt_string: ask for the text', false),
  )
    .option('-v, --verbose', '-vvv also shows stacks of faults', countUp, 0)
    .helpOption('-h, --help', 'print this help');

const actionOf = (word: string | undefined): VaultAction => {
  const found = ACTIONS.find((one) => one === word);
  if (found) return found;
  if (word === 'edit')
    throw usageError('ratchet vault starts no editor: decrypt the file, change it, and encrypt it again.', 'vault');
  throw usageError(`ratchet vault takes one of ${ACTIONS.join(', ')}.`, 'vault');
};

const refuseWrong = (action: VaultAction, files: readonly string[], raw: Readonly<Record<string, unknown>>): void => {
  if (action === 'encrypt_string' && files.length > 0)
    throw usageError(
      'A secret on the command line is seen by everybody on this machine: pipe it in, or let --prompt ask for it.',
      'vault',
    );
  if (action === 'create' && files.length !== 1) throw usageError('ratchet vault create takes one file.', 'vault');
  if ((action === 'view' || action === 'rekey') && files.length === 0)
    throw usageError(`ratchet vault ${action} takes one file or more.`, 'vault');
  if (raw['output'] !== undefined && (files.length > 1 || !['encrypt', 'decrypt'].includes(action)))
    throw usageError('--output goes with encrypt or decrypt of one file.', 'vault');
  if (action !== 'encrypt_string' && (raw['prompt'] === true || (raw['name'] as unknown[]).length > 0))
    throw usageError('--name and --prompt go with encrypt_string.', 'vault');
};

const optional = (name: keyof VaultFlags, value: unknown): object => (value === undefined ? {} : { [name]: value });

/** Parses the arguments after `ratchet vault`. Throws `usage` errors; `--help` gives the text instead of flags. */
export const parseVaultFlags = (args: readonly string[]): VaultFlags | HelpAsked => {
  const parsed = parseFlags(declare(), args);
  if ('help' in parsed) return parsed;
  const { raw } = parsed;
  const [word, ...files] = parsed.args;
  const action = actionOf(word);
  refuseWrong(action, files, raw);
  return {
    action,
    files: files.filter((file) => file !== '-'),
    ...optional('output', raw['output']),
    ...optional('encryptVaultId', raw['encryptVaultId']),
    ...optional('newVaultId', raw['newVaultId']),
    ...optional('newVaultPasswordFile', raw['newVaultPasswordFile']),
    names: [...(raw['name'] as string[]), ...(raw['stdinName'] as string[])],
    prompt: raw['prompt'] === true,
    ...vaultSources(raw),
    verbosity: raw['verbose'] as number,
  };
};
