import { z } from 'zod';
import { flag, oneOrMore } from './parameter-values.js';
import type { Bitness, DesiredValue } from './registry-module.js';
import { registryModule } from './registry-module.js';

const RUNTIMES = ['v2.0.50727', 'v4.0.30319'] as const;

const params = z
  .strictObject({
    strong_crypto: flag.optional(),
    system_default_tls_versions: flag.optional(),
    runtimes: oneOrMore(z.enum(RUNTIMES)).default([...RUNTIMES]),
  })
  .refine((given) => given.strong_crypto !== undefined || given.system_default_tls_versions !== undefined, {
    message: 'give strong_crypto, system_default_tls_versions, or both',
  });
type Params = z.infer<typeof params>;

const VIEWS = ['HKEY_LOCAL_MACHINE\\SOFTWARE', 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Wow6432Node'] as const;

// Values and keys: Learn, "TLS best practices with .NET Framework". A 64-bit Windows needs them in both views.
const desired = (given: Params, windows: Bitness): readonly DesiredValue[] => {
  const values = [
    ['SchUseStrongCrypto', given.strong_crypto],
    ['SystemDefaultTlsVersions', given.system_default_tls_versions],
  ] as const;
  return (windows.is64Bit ? VIEWS : VIEWS.slice(0, 1)).flatMap((view) =>
    given.runtimes.flatMap((runtime) =>
      values.flatMap(([name, on]): DesiredValue[] => {
        if (on === undefined) return [];
        const path = `${view}\\Microsoft\\.NETFramework\\${runtime}`;
        return [{ path, name, data: { type: 'REG_DWORD', number: on ? 1 : 0 } }];
      }),
    ),
  );
};

/** How .NET Framework programs choose TLS versions: in both registry views on 64-bit Windows, in one on 32-bit. */
export const dotnetTls = registryModule<Params>({
  name: 'dotnet_tls',
  summary: 'Sets which TLS versions .NET Framework programs use',
  params,
  parameters: {
    strong_crypto: { description: 'SchUseStrongCrypto: true is 1, false is 0, left out is not touched' },
    system_default_tls_versions: {
      description: 'SystemDefaultTlsVersions: true is 1, false is 0, left out is not touched',
      aliases: ['system_default_tls'],
    },
    runtimes: {
      description: 'One runtime or a list',
      choices: RUNTIMES,
      default: RUNTIMES,
      aliases: ['versions'],
    },
  },
  restart: true,
  dependsOnBitness: true,
  desired,
  result: (_given, state) => ({ is_64bit: state.is64Bit, found: state.values }),
});
