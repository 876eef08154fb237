import { createHash } from 'node:crypto';

/** The hash of bytes as hex digits: md5, sha1, sha224, sha256, sha384 or sha512. */
export const checksum = (bytes: Uint8Array, algorithm = 'sha1'): string =>
  createHash(algorithm).update(bytes).digest('hex');
