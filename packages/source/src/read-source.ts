import { isAscii } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { RatchetError, type SourceFile } from '@ratchet/core';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const failure = (path: string, cause: NodeJS.ErrnoException): RatchetError => {
  const code = cause.code ?? cause.message;
  const missing = code === 'ENOENT' || code === 'ENOTDIR';
  if (code === 'EISDIR')
    return new RatchetError('file-unreadable', `${path} is a folder, and a file is wanted.`, {
      cause,
      hint: 'Name a file in it.',
      details: { path },
    });
  return new RatchetError(
    missing ? 'file-not-found' : 'file-unreadable',
    missing ? `There is no file ${path}.` : `The file ${path} cannot be read (${code}).`,
    { cause, details: { path } },
  );
};

const sourceOf = (path: string, bytes: Buffer): SourceFile => {
  try {
    return { path, text: isAscii(bytes) ? bytes.toString('latin1') : utf8.decode(bytes) };
  } catch (cause) {
    throw new RatchetError('file-unreadable', `The file ${path} is not UTF-8 text.`, {
      cause,
      hint: 'Save it as UTF-8.',
      details: { path },
    });
  }
};

/** A text file as a source; throws `file-not-found` or `file-unreadable`. Bytes that are not UTF-8 are refused. */
export const readSource = async (path: string): Promise<SourceFile> => {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw failure(path, cause);
  });
  return sourceOf(path, bytes);
};

/** The same at once: of a thousand small files, waiting for each takes longer than reading them. */
export const readSourceNow = (path: string): SourceFile => {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw failure(path, cause as NodeJS.ErrnoException);
  }
  return sourceOf(path, bytes);
};
