import type { Change, GuardRefusal, HostReader, RegistryAnswer, RegistryKey } from '@ratchet/core';
import { z } from 'zod';
import { kbVerdict } from './kb-verdict.js';
import type { RegistryGuard } from './registry-module.js';
import { dataIn, dwordIn, isBelow, sameName } from './registry-state.js';
import { isSupported, isUsable, type ProtocolValues, TLS } from './schannel-state.js';
import { packagesOf, servicing } from './servicing.js';
import { shown, speaks, sqlInstances, sqlQueries } from './sql-instances.js';

/** The key under which SCHANNEL keeps one subkey per protocol (Learn, "TLS registry settings"). */
export const PROTOCOLS =
  'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols';

/** The parameters that the guard looks at. */
export interface GuardedParams {
  readonly protocol: readonly string[];
  readonly role: 'client' | 'server' | 'both';
  readonly state: 'enabled' | 'disabled' | 'default';
  readonly allow_last_protocol: boolean;
  readonly allow_unsupported_protocol: boolean;
  readonly allow_rdp_loss: boolean;
  readonly allow_sql_loss: boolean;
}

const SIDES = ['Client', 'Server'] as const;
type Side = (typeof SIDES)[number];

/** What the guard decides on. */
export interface Facts {
  readonly build: number;
  /** What is written under PROTOCOLS, by `tls 1.2\\client`. */
  readonly protocols: Readonly<Record<string, ProtocolValues>>;
  /** Instances of SQL Server that are not known to speak TLS 1.2. */
  readonly oldSql: readonly string[];
  /** Remote Desktop would be lost without TLS 1.0. */
  readonly rdpNeedsTls10: boolean;
}

const slot = (protocol: string, side: Side): string => `${protocol}\\${side}`.toLowerCase();

const protocolsIn = (top: RegistryAnswer): Record<string, ProtocolValues> => {
  const all: Record<string, ProtocolValues> = {};
  const walk = (key: RegistryKey): void => {
    all[key.path.slice(PROTOCOLS.length + 1).toLowerCase()] = {
      enabled: dwordIn(dataIn(key, 'Enabled')),
      disabledByDefault: dwordIn(dataIn(key, 'DisabledByDefault')),
    };
    for (const subkey of key.subkeys) walk(subkey);
  };
  if (top) walk(top);
  return all;
};

const turnsOffTls10 = ({ protocol, state }: GuardedParams): boolean =>
  state !== 'enabled' && protocol.includes('TLS 1.0');

const isWindows7 = (build: number): boolean => build === 7600 || build === 7601;

/** Remote Desktop of 2008 R2 speaks TLS 1.1 and 1.2 only with this update (windows-facts 1.6). */
const RDP_UPDATE = 'KB3080079';

const needsTls10ForRdp = async (
  given: GuardedParams,
  host: HostReader,
  windows: { readonly build: number; readonly ubr: number },
): Promise<boolean> => {
  if (!isWindows7(windows.build) || !turnsOffTls10(given) || given.role === 'client' || given.allow_rdp_loss)
    return false;
  const found = await servicing(host);
  const packages = found === 'denied' ? null : packagesOf(found, [RDP_UPDATE]);
  return !['installed', 'superseded'].includes(kbVerdict(RDP_UPDATE, windows, packages));
};

const read = async (given: GuardedParams, host: HostReader): Promise<Facts> => {
  const asksSql = turnsOffTls10(given) && !given.allow_sql_loss;
  const reading = host.registry([{ path: PROTOCOLS, tree: true }, ...(asksSql ? sqlQueries : [])]);
  // Only Windows 7 and 2008 R2, which need it, pay for the list of their updates.
  const version = host.windows().then(async (windows) => ({
    build: windows.build,
    rdpNeedsTls10: await needsTls10ForRdp(given, host, windows),
  }));
  const [[top = null, ...sql], { build, rdpNeedsTls10 }] = await Promise.all([reading, version]);
  const oldSql = sqlInstances(sql)
    .filter((instance) => !speaks(instance))
    .map(shown);
  return { build, protocols: protocolsIn(top), oldSql, rdpNeedsTls10 };
};

type Written = Facts['protocols'];

/** Which of the values that SCHANNEL looks at has this name; undefined for any other. */
export const protocolField = (name: string): keyof ProtocolValues | undefined =>
  (['enabled', 'disabledByDefault'] as const).find((field) => sameName(field, name));

/** What is written once a value or key is changed; a key that goes takes along all that is below it. */
const withChange = (written: Written, change: Change): Written => {
  if (change.kind !== 'registry-value' && change.kind !== 'registry-key') return written;
  const { path } = change;
  if (change.kind === 'registry-value') {
    const field = protocolField(change.name);
    if (!isBelow(path, PROTOCOLS) || !field) return written;
    const key = path.slice(PROTOCOLS.length + 1).toLowerCase();
    return { ...written, [key]: { ...(written[key] ?? NOTHING), [field]: dwordIn(change.after) } };
  }
  if (change.after === 'present') return written;
  const isGone = (key: string): boolean => sameName(key, path) || isBelow(key, path);
  return Object.fromEntries(Object.entries(written).filter(([key]) => !isGone(`${PROTOCOLS}\\${key}`)));
};

/** What is written once these changes are made. */
const withChanges = (written: Written, changes: readonly Change[]): Written => changes.reduce(withChange, written);

const NOTHING: ProtocolValues = { enabled: null, disabledByDefault: null };

const usable = (written: Written, build: number, side: Side): readonly string[] =>
  TLS.filter((protocol) => isUsable(protocol, written[slot(protocol, side)] ?? NOTHING, build));

const lacking = (given: GuardedParams, build: number): GuardRefusal | null => {
  if (given.state !== 'enabled' || given.allow_unsupported_protocol) return null;
  const missing = given.protocol.filter((protocol) => !isSupported(protocol, build));
  if (missing.length === 0) return null;
  return {
    message: `This Windows (build ${build}) does not have ${missing.join(', ')}: switching it on has no supported effect.`,
    hint: 'Leave it out for hosts of this version.',
    override: 'allow_unsupported_protocol',
  };
};

const LOSSES = {
  last: (side: Side, gone: readonly string[]): GuardRefusal => ({
    message: `The ${side.toLowerCase()} role would be left without any TLS protocol: ${gone.join(' and ')} ${gone.length > 1 ? 'are' : 'is'} all that it can use.`,
    hint: 'Switch TLS 1.2 on for this role first.',
    override: 'allow_last_protocol',
  }),
  rdp: {
    message: `Without TLS 1.0 Remote Desktop is lost on this host: ${RDP_UPDATE} is not installed.`,
    hint: `Install ${RDP_UPDATE} first.`,
    override: 'allow_rdp_loss',
  },
  sql: (instances: readonly string[]): GuardRefusal => ({
    message: `Without TLS 1.0 nobody can log in to SQL Server ${instances.join(', ')}, which does not speak TLS 1.2.`,
    hint: 'Install the update that KB3135244 names for this version first.',
    override: 'allow_sql_loss',
  }),
};

/** What is lost from one state to the other. */
const loss = (given: GuardedParams, facts: Facts, before: Written, after: Written): GuardRefusal | null => {
  for (const side of SIDES) {
    const [had, has] = [usable(before, facts.build, side), usable(after, facts.build, side)];
    if (has.length === 0 && had.length > 0 && !given.allow_last_protocol) return LOSSES.last(side, had);
    if (!had.includes('TLS 1.0') || has.includes('TLS 1.0')) continue;
    if (side === 'Server' && facts.rdpNeedsTls10) return LOSSES.rdp;
    if (facts.oldSql.length > 0) return LOSSES.sql(facts.oldSql);
  }
  return null;
};

/**
 * Why these changes of SCHANNEL's protocols would cut the host off, or null: a role without any TLS left, a protocol that this
 * Windows lacks, Remote Desktop of 2008 R2 or an SQL Server that live on TLS 1.0. What comes back with later changes of the same import
 * is not lost: SCHANNEL looks at its protocols when Windows starts.
 */
const refuse: RegistryGuard<GuardedParams, Facts>['refuse'] = (given, facts, changes, earlier, later) => {
  const unsupported = lacking(given, facts.build);
  if (unsupported) return unsupported;
  const before = withChanges(facts.protocols, earlier);
  const after = withChanges(before, changes);
  const lost = loss(given, facts, before, after);
  return lost && loss(given, facts, before, withChanges(after, later)) ? lost : null;
};

const values: z.ZodType<ProtocolValues> = z.object({
  enabled: z.number().nullable(),
  disabledByDefault: z.number().nullable(),
});

/** The guard of `schannel_protocol`, and of `registry` where it writes what that does. */
export const schannelGuard: RegistryGuard<GuardedParams, Facts> = {
  facts: z.object({
    build: z.number(),
    protocols: z.record(z.string(), values),
    oldSql: z.array(z.string()),
    rdpNeedsTls10: z.boolean(),
  }),
  read,
  refuse,
};
