import { readFile } from 'node:fs/promises';
import { RatchetError, type SourceFile } from '@ratchet/core';

/** A text file as a source; throws `file-not-found` or `file-unreadable`. Bytes that are not UTF-8 are refused. */
export const readSource = async (path: string): Promise<SourceFile> => {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const missing = cause.code === 'ENOENT' || cause.code === 'ENOTDIR';
    throw new RatchetError(
      missing ? 'file-not-found' : 'file-unreadable',
      missing ? `There is no file ${path}.` : `The file ${path} cannot be read (${cause.code ?? cause.message}).`,
      { cause, details: { path } },
    );
  });
  try {
    return { path, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (cause) {
    throw new RatchetError('file-unreadable', `The file ${path} is not UTF-8 text.`, {
      cause,
      hint: 'Save it as UTF-8.',
      details: { path },
    });
  }
};
