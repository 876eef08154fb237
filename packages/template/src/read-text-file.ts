import { readFileSync } from 'node:fs';
import { isVault, RatchetError, utf8Text } from '@ratchet/core';

/**
 * The text of a file on the controller. Errors: `file-not-found`; `not-supported` for a vault and for what is no UTF-8, of which a text
 * would silently be something else than the file.
 */
export const readTextFile = (path: string): string => {
  const bytes = bytesOf(path);
  if (isVault(bytes))
    throw new RatchetError('not-supported', `The file ${path} is a vault, and a template reads only plain files.`, {
      hint: 'Keep the secret in a variable: in an encrypted file of variables, or as !vault.',
    });
  const text = utf8Text(bytes);
  if (text !== undefined) return text;
  throw new RatchetError('not-supported', `The file ${path} is not text in UTF-8.`, {
    hint: `For its bytes in base64 write lookup('pipe', 'base64 -w0 FILE').`,
  });
};

const bytesOf = (path: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new RatchetError('file-not-found', `The file ${path} cannot be read.`, { cause });
  }
};
