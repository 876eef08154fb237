import { nearestName } from '@ratchet/core';
import { z } from 'zod';
import { oneOrMore, text } from './parameter-values.js';
import type { DesiredValue, RegistryState } from './registry-module.js';
import { registryModule } from './registry-module.js';
import { dwordIn, sameName } from './registry-state.js';
import { PROTOCOLS, schannelGuard } from './schannel-guard.js';
import { OVERRIDE_HELP, overrides } from './schannel-overrides.js';

const NAMES = [
  'SSL 2.0',
  'SSL 3.0',
  'TLS 1.0',
  'TLS 1.1',
  'TLS 1.2',
  'TLS 1.3',
  'DTLS 1.0',
  'DTLS 1.2',
  'PCT 1.0',
  'Multi-Protocol Unified Hello',
] as const;

// The Orchestrator guide prints the first two; Windows ignores a key of such a name without a word.
const MISPRINTS: Readonly<Record<string, string>> = {
  'SSL 3': 'SSL 3.0',
  'TLS 0': 'TLS 1.0',
  'SSL 2': 'SSL 2.0',
  'TLS 1': 'TLS 1.0',
};

const protocolName = text.transform((given, context): string => {
  const known = NAMES.find((name) => sameName(name, given));
  if (known) return known;
  const near = nearestName(given, NAMES);
  // "TLS 1.5" is near to several, and none of them is meant for sure.
  const sameVersion = near !== undefined && near.replace(/\D/g, '') === given.replace(/\D/g, '');
  const right = MISPRINTS[given.toUpperCase()] ?? (sameVersion ? near : undefined);
  const advice = right ? `write "${right}"` : `one of ${NAMES.join(', ')}`;
  context.addIssue({ code: 'custom', message: `"${given}" is not a protocol that SCHANNEL knows: ${advice}` });
  return z.NEVER;
});

const params = z.strictObject({
  protocol: oneOrMore(protocolName).transform((names) => [...new Set(names)]),
  role: z.enum(['client', 'server', 'both']).default('both'),
  state: z.enum(['enabled', 'disabled', 'default']),
  ...overrides,
});
type Params = z.infer<typeof params>;

const SIDES = { client: ['Client'], server: ['Server'], both: ['Client', 'Server'] } as const;

const VALUES = {
  enabled: { Enabled: 1, DisabledByDefault: 0 },
  disabled: { Enabled: 0, DisabledByDefault: 1 },
  default: { Enabled: null, DisabledByDefault: null },
} as const;

const keys = ({ protocol, role }: Params): readonly { protocol: string; side: 'Client' | 'Server'; path: string }[] =>
  protocol.flatMap((name) =>
    SIDES[role].map((side) => ({ protocol: name, side, path: `${PROTOCOLS}\\${name}\\${side}` })),
  );

const desired = (given: Params): readonly DesiredValue[] =>
  keys(given).flatMap(({ path }) =>
    Object.entries(VALUES[given.state]).map(([name, number]) => ({
      path,
      name,
      data: number === null ? null : ({ type: 'REG_DWORD', number } as const),
    })),
  );

/**
 * What the two values mean to SCHANNEL: any non-zero `Enabled` enables (0xffffffff is an old spelling of 1);
 * `DisabledByDefault` keeps an enabled protocol from being offered unasked; none of them is the default of this Windows.
 */
export const meaningOf = (
  enabled: number | null,
  disabledByDefault: number | null,
): 'enabled' | 'disabled' | 'on request' | 'default' => {
  if (enabled === 0) return 'disabled';
  if (disabledByDefault !== null && disabledByDefault !== 0) return 'on request';
  return enabled === null && disabledByDefault === null ? 'default' : 'enabled';
};

const found = (given: Params, state: RegistryState): readonly Readonly<Record<string, unknown>>[] =>
  keys(given).map(({ protocol, side, path }) => {
    const value = (name: string): number | null =>
      dwordIn(state.values.find((one) => sameName(one.path, path) && sameName(one.name, name))?.data ?? null);
    const [enabled, disabledByDefault] = [value('Enabled'), value('DisabledByDefault')];
    return {
      protocol,
      role: side.toLowerCase(),
      state: meaningOf(enabled, disabledByDefault),
      enabled,
      disabled_by_default: disabledByDefault,
    };
  });

/** SCHANNEL protocols on, off, or left to Windows, per role. Values are exact: 0xffffffff is rewritten to 1. */
export const schannelProtocol = registryModule({
  name: 'schannel_protocol',
  summary: 'Switches SSL and TLS protocols of Windows on or off, as client and as server',
  params,
  parameters: {
    protocol: { description: 'A protocol as SCHANNEL names it ("TLS 1.2"), or a list of them', required: true },
    role: { description: 'Which side', choices: ['client', 'server', 'both'], default: 'both' },
    state: {
      description: '"default" deletes both values, so that the default of this Windows holds',
      required: true,
      choices: ['enabled', 'disabled', 'default'],
    },
    ...OVERRIDE_HELP,
  },
  restart: true,
  tree: PROTOCOLS,
  desired,
  guard: schannelGuard,
  result: (given: Params, state) => ({ found: found(given, state) }),
});
