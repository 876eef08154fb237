import type { FileReader } from '@ratchet/core';
import { isVault, RatchetError, utf8Text } from '@ratchet/core';

/** A file that a task takes from the controller. Errors: `not-supported` for a vault, whose encrypted text no host is to get. */
export const readSource = async (files: FileReader, path: string): Promise<Uint8Array> => {
  const bytes = await files.read(path);
  if (!isVault(bytes)) return bytes;
  throw new RatchetError('not-supported', `${path} is a vault, and Ratchet does not decrypt files for hosts.`, {
    hint: 'Keep the secret in a variable, or where the module has it say decrypt: false to have the file as it is.',
  });
};

/** The same as text. Errors: `not-supported`, also for what is no UTF-8, which would be changed silently. */
export const readSourceText = async (files: FileReader, path: string): Promise<string> => {
  const text = utf8Text(await readSource(files, path));
  if (text !== undefined) return text;
  throw new RatchetError('not-supported', `${path} is not text in UTF-8.`, { hint: 'Save it in UTF-8.' });
};
