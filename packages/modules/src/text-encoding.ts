/** Encodings in which a text file can be written. */
export const ENCODINGS = [
  'utf-8',
  'utf8',
  'utf-8-sig',
  'utf-16',
  'utf-16-le',
  'utf-16-be',
  'latin-1',
  'iso-8859-1',
  'ascii',
] as const;

/** A text in an encoding, as Python's codec of that name has it; utf-16 and utf-8-sig begin with a mark. */
export const encodeText = (text: string, encoding: (typeof ENCODINGS)[number]): Uint8Array => {
  switch (encoding) {
    case 'utf-8-sig':
      return Buffer.from(`\ufeff${text}`, 'utf8');
    case 'utf-16':
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 'utf-16-le':
      return Buffer.from(text, 'utf16le');
    case 'utf-16-be':
      return Buffer.from(text, 'utf16le').swap16();
    case 'latin-1':
    case 'iso-8859-1':
    case 'ascii':
      return Buffer.from(text, 'latin1');
    default:
      return Buffer.from(text, 'utf8');
  }
};
