import type { RatchetError } from '@ratchet/core';

/** Whether a connection broke, as against one that never came about. */
export const isLost = (failure: RatchetError): boolean =>
  failure.code === 'unreachable' && failure.details['lost'] === true;

/** Whether what a call was to send has certainly not reached the host. */
export const neverSent = (failure: RatchetError): boolean => failure.details['notSent'] === true;
