import type { ParameterInfo } from '@ratchet/core';
import { flag } from './parameter-values.js';
import type { GuardedParams } from './schannel-guard.js';

/** The parameters with which the guard of SCHANNEL's protocols is overridden. */
export const overrides = {
  allow_last_protocol: flag.default(false),
  allow_unsupported_protocol: flag.default(false),
  allow_rdp_loss: flag.default(false),
  allow_sql_loss: flag.default(false),
};

export type Overrides = Pick<GuardedParams, keyof typeof overrides>;

export const OVERRIDE_HELP: Readonly<Record<keyof typeof overrides, ParameterInfo>> = {
  allow_last_protocol: { description: 'Turn off the last TLS protocol of a role too', default: false },
  allow_unsupported_protocol: { description: 'Switch on what this Windows does not have too', default: false },
  allow_rdp_loss: { description: 'Turn TLS 1.0 off on a 2008 R2 without KB3080079 too', default: false },
  allow_sql_loss: {
    description: 'Turn TLS 1.0 off beside an SQL Server that does not speak TLS 1.2 too',
    default: false,
  },
};
