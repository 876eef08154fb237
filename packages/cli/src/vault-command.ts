import { access, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { RatchetError } from '@ratchet/core';
import { decryptVaultBytes, encryptVault, isVault, type VaultPassword, vaultIdOf } from '@ratchet/source';
import type { PromptInput } from './ask-password.js';
import type { RunSurroundings } from './run-command.js';
import { readSettings } from './settings.js';
import { vaultSources } from './settings-flags.js';
import { usageError } from './show-failure.js';
import type { VaultFlags } from './vault-flags.js';
import { askSecret, readVaultPasswords } from './vault-passwords.js';
import { writePrivateFile } from './write-private-file.js';

const readInput = (input: PromptInput): Promise<Buffer> =>
  new Promise((done) => {
    const chunks: Buffer[] = [];
    if (input.readableEnded) done(Buffer.alloc(0));
    input.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
    input.on('end', () => done(Buffer.concat(chunks)));
    input.resume();
  });

const readBytes = async (path: string): Promise<Buffer> => {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new RatchetError(
      code === 'ENOENT' ? 'file-not-found' : 'file-unreadable',
      `The file ${path} cannot be read (${code}).`,
      { cause },
    );
  }
};

const readsInput = ({ action, files, prompt }: VaultFlags): boolean =>
  action === 'create' ||
  (action === 'encrypt_string' && !prompt) ||
  (files.length === 0 && action !== 'encrypt_string');

const refuseTwoReaders = (flags: VaultFlags, asks: boolean, stdin: PromptInput): void => {
  if (asks && readsInput(flags) && !stdin.isTTY)
    throw usageError(
      'Standard input cannot hold both the content and the password: give --vault-password-file or --vault-id.',
      'vault',
    );
};

const askTwice = async (question: string, around: RunSurroundings): Promise<string> => {
  const first = await askSecret(`${question}: `, around);
  // A pipe is not somebody who mistypes.
  const again = !around.stdin.isTTY ? first : await askSecret(`${question}, again: `, around);
  if (first === '') throw new RatchetError('vault', 'An empty password is none.');
  if (first !== again) throw new RatchetError('vault', 'The two passwords are not the same.');
  return first;
};

/** The passwords that flags and settings name; where they name none, one that is asked for (twice, where it is to encrypt). */
const passwordsOf = async (flags: VaultFlags, around: RunSurroundings): Promise<readonly VaultPassword[]> => {
  const settings = await readSettings(around.env, around.cwd);
  const sources = vaultSources(flags, settings);
  const named = sources.vaultIds.length + sources.vaultPasswordFiles.length > 0;
  const asks =
    flags.askVaultPass || !named || sources.vaultIds.some((id) => /(?:^|@)prompt(?:_ask_vault_pass)?$/.test(id));
  refuseTwoReaders(flags, asks, around.stdin);
  const encrypts = ['create', 'encrypt', 'encrypt_string'].includes(flags.action);
  if (!encrypts) return readVaultPasswords(named ? sources : { ...sources, askVaultPass: true }, around);
  const given = await readVaultPasswords({ ...sources, askVaultPass: false }, around);
  if (named && !flags.askVaultPass) return given;
  return [...given, { id: 'default', secret: await askTwice('New vault password', around) }];
};

/** The one password that encrypts. */
const chosen = (passwords: readonly VaultPassword[], id: string | undefined): VaultPassword => {
  const fitting = id === undefined ? passwords : passwords.filter((one) => one.id === id);
  const [only, ...more] = fitting;
  if (only && more.length === 0) return only;
  const ids = [...new Set(passwords.map((one) => one.id))].join(', ');
  throw usageError(
    only
      ? `Several vault passwords are given (${ids}): name the one that encrypts with --encrypt-vault-id.`
      : `No vault password has the id "${id}"; given are: ${ids}.`,
    'vault',
  );
};

const encrypted = (content: Buffer, what: string, password: VaultPassword): string => {
  if (isVault(content.toString('latin1'))) throw new RatchetError('vault', `${what} is encrypted already.`);
  return encryptVault(content, password);
};

const decrypted = (content: Buffer, what: string, passwords: readonly VaultPassword[]): Buffer => {
  try {
    return decryptVaultBytes(content.toString('latin1'), passwords);
  } catch (thrown) {
    if (!(thrown instanceof RatchetError)) throw thrown;
    throw new RatchetError(thrown.code, `${what}: ${thrown.message}`, { hint: thrown.hint, cause: thrown });
  }
};

/** Makes of each file, or of standard input, what `make` does with it; nothing is written before all of them are made. */
const convert = async (
  flags: VaultFlags,
  around: RunSurroundings,
  make: (content: Buffer, what: string) => Buffer | string,
): Promise<number> => {
  const paths = flags.files.map((file) => resolve(around.cwd, file));
  if (paths.length === 0) {
    const made = make(await readInput(around.stdin), 'Standard input');
    return give(made, flags.output ?? '-', around);
  }
  const made: (readonly [string, Buffer | string])[] = [];
  for (const path of paths) made.push([flags.output ?? path, make(await readBytes(path), path)]);
  for (const [path, content] of made) await give(content, path, around);
  return 0;
};

const textOf = (content: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch (cause) {
    throw new RatchetError('vault', 'The content is no UTF-8 text.', { hint: 'Give --output FILE.', cause });
  }
};

const give = async (content: Buffer | string, output: string, around: RunSurroundings): Promise<number> => {
  if (output === '-') around.stdout.write(typeof content === 'string' ? content : textOf(content));
  else await writePrivateFile(resolve(around.cwd, output), content);
  return 0;
};

const newPassword = async (flags: VaultFlags, around: RunSurroundings): Promise<VaultPassword | string> => {
  const { newVaultId, newVaultPasswordFile } = flags;
  if (newVaultId === undefined && newVaultPasswordFile === undefined) return askTwice('New vault password', around);
  const sources = {
    askVaultPass: false,
    vaultIds: newVaultId === undefined ? [] : [newVaultId],
    vaultPasswordFiles: newVaultPasswordFile === undefined ? [] : [newVaultPasswordFile],
  };
  const [only] = await readVaultPasswords(sources, around);
  if (!only || only.secret === '') throw new RatchetError('vault', 'An empty password is none.');
  // A file alone says nothing of the id: each text keeps its own.
  return newVaultId === undefined ? only.secret : only;
};

const rekey = async (flags: VaultFlags, around: RunSurroundings, old: readonly VaultPassword[]): Promise<number> => {
  const next = await newPassword(flags, around);
  return convert(flags, around, (content, what) => {
    const plain = decrypted(content, what, old);
    const id = vaultIdOf(content.toString('latin1')) ?? 'default';
    return encryptVault(plain, typeof next === 'string' ? { id, secret: next } : next);
  });
};

const INDENT = '          ';

/** A variable as it stands in a YAML file. */
const yamlLines = (name: string | undefined, text: string): string => {
  const head = name === undefined ? '!vault |' : `${name}: !vault |`;
  return `${[
    head,
    ...text
      .trimEnd()
      .split('\n')
      .map((line) => INDENT + line),
  ].join('\n')}\n`;
};

const encryptTexts = async (flags: VaultFlags, around: RunSurroundings, password: VaultPassword): Promise<number> => {
  const names: readonly (string | undefined)[] = flags.names.length > 0 ? flags.names : [undefined];
  if (!flags.prompt && names.length > 1) throw usageError('Standard input is one text: give one --name.', 'vault');
  for (const name of names) {
    const content = flags.prompt
      ? Buffer.from(await askSecret(`Text to encrypt${name === undefined ? '' : ` (${name})`}: `, around))
      : await readInput(around.stdin);
    if (content.length === 0) throw new RatchetError('vault', 'There is no text to encrypt.');
    around.stdout.write(yamlLines(name, encrypted(content, 'The text', password)));
  }
  return 0;
};

const create = async (flags: VaultFlags, around: RunSurroundings, password: VaultPassword): Promise<number> => {
  const path = resolve(around.cwd, flags.files[0] ?? '');
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere)
    throw new RatchetError('file-unreadable', `The file ${path} is there already.`, {
      hint: 'Encrypt it: ratchet vault encrypt FILE.',
    });
  if (around.stdin.isTTY) around.stderr.write('Type the content; Ctrl-D on a line of its own ends it.\n');
  return give(encrypted(await readInput(around.stdin), 'The content', password), path, around);
};

/** Does what ansible-vault does, without an editor, and gives the exit code. Throws `vault`, file and usage errors; a failure changes no file. */
export const vaultCommand = async (flags: VaultFlags, around: RunSurroundings): Promise<number> => {
  const passwords = await passwordsOf(flags, around);
  const own = (): VaultPassword => chosen(passwords, flags.encryptVaultId);
  switch (flags.action) {
    case 'create':
      return create(flags, around, own());
    case 'encrypt': {
      const password = own();
      return convert(flags, around, (content, what) => encrypted(content, what, password));
    }
    case 'encrypt_string':
      return encryptTexts(flags, around, own());
    case 'decrypt':
      return convert(flags, around, (content, what) => decrypted(content, what, passwords));
    case 'view':
      return convert({ ...flags, output: '-' }, around, (content, what) => decrypted(content, what, passwords));
    case 'rekey':
      return rekey(flags, around, passwords);
  }
};
