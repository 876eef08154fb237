import { createCipheriv, createDecipheriv, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { RatchetError } from '@ratchet/core';

/** A vault password and the id it was given under (`default` without one). */
export interface VaultPassword {
  readonly id: string;
  readonly secret: string;
}

const ITERATIONS = 10_000;
const HEADER = /^\$ANSIBLE_VAULT;(1\.[12]);AES256(?:;([^\r\n]*))?[ \t]*\r?\n/;

/** The vault id in a 1.2 header, undefined for a 1.1 text or a text that is no vault. */
export const vaultIdOf = (text: string): string | undefined => HEADER.exec(text)?.[2]?.trim();

/** Whether a text is one that ansible-vault encrypted, in a version that is read here. */
export const isVault = (text: string): boolean => HEADER.test(text.trimStart());

/**
 * The plain text of an ansible-vault 1.1 or 1.2 text. Passwords of the header's id are tried first, then the others, as
 * Ansible does. Throws `vault` when the text is damaged or no password fits.
 */
export const decryptVault = (text: string, passwords: readonly VaultPassword[]): string =>
  decryptVaultBytes(text, passwords).toString('utf8');

/** The same for a file that need not be text. */
export const decryptVaultBytes = (text: string, passwords: readonly VaultPassword[]): Buffer => {
  const trimmed = text.trimStart();
  const header = HEADER.exec(trimmed);
  if (!header) throw new RatchetError('vault', 'This is no ansible-vault text of version 1.1 or 1.2 with AES256.');
  const parts = bodyOf(trimmed.slice(header[0].length));
  const id = header[2]?.trim();
  const ordered = [...passwords.filter((item) => item.id === id), ...passwords.filter((item) => item.id !== id)];
  for (const { secret } of ordered) {
    const plain = tryPassword(parts, secret);
    if (plain !== undefined) return plain;
  }
  throw new RatchetError(
    'vault',
    passwords.length === 0
      ? 'This text is encrypted with ansible-vault, and no vault password was given.'
      : `None of the ${passwords.length} vault passwords opens this text${id ? ` (vault id ${id})` : ''}.`,
    { hint: 'Give --vault-id, --vault-password-file or --ask-vault-pass.' },
  );
};

interface Body {
  readonly salt: Buffer;
  readonly mac: Buffer;
  readonly cipher: Buffer;
}

const damaged = () => new RatchetError('vault', 'The ansible-vault text is damaged: its body is not three hex texts.');

const bodyOf = (written: string): Body => {
  const hex = written.replace(/\s+/g, '');
  if (!/^(?:[0-9a-f]{2})+$/i.test(hex)) throw damaged();
  const parts = Buffer.from(hex, 'hex').toString('latin1').split('\n');
  const [salt, mac, cipher] = parts;
  if (parts.length !== 3 || !salt || !mac || cipher === undefined) throw damaged();
  if (![salt, mac, cipher].every((part) => /^(?:[0-9a-f]{2})*$/i.test(part))) throw damaged();
  return { salt: Buffer.from(salt, 'hex'), mac: Buffer.from(mac, 'hex'), cipher: Buffer.from(cipher, 'hex') };
};

interface Keys {
  readonly cipher: Buffer;
  readonly mac: Buffer;
  readonly counter: Buffer;
}

const keysOf = (secret: string, salt: Buffer): Keys => {
  const derived = pbkdf2Sync(Buffer.from(secret, 'utf8'), salt, ITERATIONS, 80, 'sha256');
  return { cipher: derived.subarray(0, 32), mac: derived.subarray(32, 64), counter: derived.subarray(64, 80) };
};

const macOf = (keys: Keys, cipher: Buffer): Buffer => createHmac('sha256', keys.mac).update(cipher).digest();

const tryPassword = ({ salt, mac, cipher }: Body, secret: string): Buffer | undefined => {
  const keys = keysOf(secret, salt);
  const expected = macOf(keys, cipher);
  if (expected.length !== mac.length || !timingSafeEqual(expected, mac)) return undefined;
  const decipher = createDecipheriv('aes-256-ctr', keys.cipher, keys.counter);
  const padded = Buffer.concat([decipher.update(cipher), decipher.final()]);
  const padding = padded.at(-1) ?? 0;
  return padded.subarray(0, padded.length - padding);
};

const BLOCK = 16;
const LINE = 80;
const SALT_BYTES = 32;

/**
 * A text as ansible-vault writes it: version 1.1 under the id `default`, else 1.2 with the id. `salt` is random unless told; the same
 * salt may never serve two texts.
 */
export const encryptVault = (
  plain: Buffer,
  password: VaultPassword,
  salt: Buffer = randomBytes(SALT_BYTES),
): string => {
  const keys = keysOf(password.secret, salt);
  const padding = BLOCK - (plain.length % BLOCK);
  const padded = Buffer.concat([plain, Buffer.alloc(padding, padding)]);
  const encryptor = createCipheriv('aes-256-ctr', keys.cipher, keys.counter);
  const cipher = Buffer.concat([encryptor.update(padded), encryptor.final()]);
  const parts = [salt, macOf(keys, cipher), cipher].map((part) => part.toString('hex')).join('\n');
  const body = Buffer.from(parts, 'latin1').toString('hex');
  const lines = body.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  const header = password.id === 'default' ? '$ANSIBLE_VAULT;1.1;AES256' : `$ANSIBLE_VAULT;1.2;AES256;${password.id}`;
  return `${[header, ...lines].join('\n')}\n`;
};
