import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { RatchetError, type Secrets, sourceError } from '@ratchet/core';
import { decryptVault, readSource, type VaultPassword } from '@ratchet/source';
import { askPassword, type PromptInput } from './ask-password.js';
import type { Decrypt } from './extra-vars.js';

/** Where vault passwords come from: flags and settings. */
export interface VaultSources {
  /** `label@file`, `label@prompt`, or one of these without a label. */
  readonly vaultIds: readonly string[];
  readonly vaultPasswordFiles: readonly string[];
  readonly askVaultPass: boolean;
}

/** What asking for a password needs. */
export interface Asking {
  readonly stdin: PromptInput;
  readonly stderr: { write(text: string): unknown };
  readonly secrets: Secrets;
}

const DEFAULT_ID = 'default';
const PROMPTS = ['prompt', 'prompt_ask_vault_pass'];

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

const failed = (path: string, message: string, cause?: unknown): RatchetError =>
  new RatchetError('vault', `The password script ${path} ${message}`, {
    cause,
    hint: 'It must print the password and nothing else, and end with 0.',
  });

/** A script's standard output. Ansible's convention: one whose name ends in `-client` is told the vault id. */
const outputOf = (path: string, id: string): Promise<string> =>
  new Promise((done, refuse) => {
    const client = basename(path, extname(path)).endsWith('-client');
    const child = spawn(resolve(path), client ? ['--vault-id', id] : [], { stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (cause) => refuse(failed(path, `cannot be run: ${cause.message}.`, cause)));
    child.on('close', (code) =>
      code === 0 ? done(Buffer.concat(chunks).toString('utf8')) : refuse(failed(path, `ended with ${code}.`)),
    );
  });

const secretIn = async (path: string, id: string): Promise<string> => {
  const text = (await isExecutable(path)) ? await outputOf(path, id) : (await readSource(path)).text;
  const secret = text.trim();
  if (secret === '') throw new RatchetError('vault', `The password file ${path} is empty.`);
  return secret;
};

/** The connection password in a file, or that a script prints. */
export const passwordFrom = async (path: string, secrets: Secrets): Promise<string> => {
  const secret = await secretIn(path, DEFAULT_ID);
  secrets.add(secret);
  return secret;
};

const fromFile = async (path: string, id: string): Promise<VaultPassword> => ({ id, secret: await secretIn(path, id) });

/** Asks for a password, which is a secret from then on. */
export const askSecret = async (question: string, around: Asking): Promise<string> => {
  const answer = await askPassword(question, around.stdin, around.stderr);
  if (answer !== '') around.secrets.add(answer);
  return answer;
};

const fromId = async (written: string, around: Asking): Promise<VaultPassword> => {
  const at = written.indexOf('@');
  const id = at < 1 ? DEFAULT_ID : written.slice(0, at);
  const source = written.slice(at + 1);
  if (!PROMPTS.includes(source)) return fromFile(source, id);
  const question = id === DEFAULT_ID ? 'Vault password: ' : `Vault password (${id}): `;
  return { id, secret: await askSecret(question, around) };
};

/** Vault passwords, from files: the text without blanks around it; from scripts: what they print; asked for. Errors: file errors, `vault`. */
export const readVaultPasswords = async (sources: VaultSources, around: Asking): Promise<readonly VaultPassword[]> => {
  const passwords: VaultPassword[] = [];
  for (const id of sources.vaultIds) passwords.push(await fromId(id, around));
  for (const file of sources.vaultPasswordFiles) passwords.push(await fromFile(file, DEFAULT_ID));
  if (sources.askVaultPass) passwords.push({ id: DEFAULT_ID, secret: await askSecret('Vault password: ', around) });
  for (const { secret } of passwords) if (secret !== '') around.secrets.add(secret);
  return passwords;
};

/** Opens vault texts with these passwords; what comes out is a secret from then on. */
export const vaultReader =
  (passwords: readonly VaultPassword[], secrets: Secrets): Decrypt =>
  (ciphertext, position) => {
    if (passwords.length === 0) {
      throw sourceError('vault', 'This text is encrypted and no vault password was given.', position, {
        hint: 'Give --vault-id LABEL@FILE, --vault-password-file FILE or --ask-vault-pass.',
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

/** The reader of vault texts that flags and settings ask for. */
export const openVaults = async (sources: VaultSources, around: Asking): Promise<Decrypt> =>
  vaultReader(await readVaultPasswords(sources, around), around.secrets);
