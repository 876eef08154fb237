import { RatchetError } from '@ratchet/core';

/** Milliseconds that an operation over SFTP may take, and how much more for each byte that is sent (20 kB in a second). */
export const OPERATION_MS = 60_000;
const BYTE_MS = 0.05;

/** The same for a file that is read, whose size is not known before. */
export const READ_MS = 1_800_000;

/** The time for an operation that sends so many bytes, in milliseconds. */
export const sendingMs = (bytes: number, operationMs: number = OPERATION_MS): number => operationMs + bytes * BYTE_MS;

/** The error for an operation that was not answered in its time. */
export const noAnswer = (host: string, ms: number): RatchetError =>
  new RatchetError('timeout', `${host} did not answer over SFTP within ${Math.ceil(ms / 1000)} s.`, {
    hint: 'What was to be written may be there, in part or in whole. Look at the sshd service and the disk of the host.',
    place: { at: 'host', host },
  });
