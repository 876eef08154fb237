import type { HostReader, ResourceModule, UpdateChange } from '@ratchet/core';
import { z } from 'zod';
import type { KbVerdict, ServicingPackage } from './kb-verdict.js';
import { kbVerdict, normalizeKb } from './kb-verdict.js';
import { oneOrMore, text } from './parameter-values.js';
import { PACKAGES, packagesOf, servicing } from './servicing.js';

const kbNumber = text.transform((given, context): string => {
  const kb = normalizeKb(given);
  if (kb !== null) return kb;
  context.addIssue({ code: 'custom', message: `"${given}" is no update's number: write KB3154520` });
  return z.NEVER;
});

// Names of Windows Server that people use in place of a version.
const RELEASES: Readonly<Record<string, string>> = {
  '2008R2': '6.1',
  '2012': '6.2',
  '2012R2': '6.3',
  '2016': '10.0.14393',
  '2019': '10.0.17763',
  '2022': '10.0.20348',
  '2025': '10.0.26100',
};

const releaseKey = (given: string): string => RELEASES[given.toUpperCase().replace(/\s/g, '')] ?? given;

const byOs = z.record(z.string(), oneOrMore(kbNumber)).transform((map, context) => {
  const entries = Object.entries(map).map(([key, kbs]) => ({ version: releaseKey(key), kbs }));
  for (const { version } of entries.filter((entry) => !/^\d+\.\d+(?:\.\d+)?$/.test(entry.version)))
    context.addIssue({
      code: 'custom',
      message: `"${version}" is no Windows version: write 6.3, 10.0.14393 or 2012R2`,
    });
  return entries;
});

const params = z
  .strictObject({ kb: oneOrMore(kbNumber).optional(), by_os: byOs.optional() })
  .refine((given) => (given.kb === undefined) !== (given.by_os === undefined), { message: 'give kb or by_os' });
type Params = z.infer<typeof params>;

/** The Windows and the packages of the wanted updates as found; `packages` null: servicing's list is denied. */
interface State {
  readonly version: string;
  readonly build: number;
  readonly ubr: number;
  readonly packages: readonly ServicingPackage[] | null;
  /** What `wmic qfe` lists; asked only where servicing does not know the update. */
  readonly listed: readonly string[];
}

const state: z.ZodType<State> = z.object({
  version: z.string(),
  build: z.number(),
  ubr: z.number(),
  packages: z.array(z.object({ name: z.string(), state: z.number().nullable() })).nullable(),
  listed: z.array(z.string()),
});

const fields = (version: string): readonly number[] => version.split('.').map(Number);

const isNewer = (a: string, b: string): boolean => {
  const [left, right] = [fields(a), fields(b)];
  const at = left.findIndex((field, index) => field !== (right[index] ?? 0));
  return at !== -1 && (left[at] as number) > (right[at] ?? 0);
};

/** The updates that this Windows is asked for; null when the map says nothing of it and it is not newer than all of it. */
const wanted = (given: Params, { version, build }: State): readonly string[] | null => {
  if (given.kb) return given.kb;
  const full = `${version}.${build}`;
  const entries = given.by_os ?? [];
  const own = entries.find((entry) => full === entry.version || full.startsWith(`${entry.version}.`));
  if (own) return own.kbs;
  return entries.every((entry) => isNewer(full, entry.version)) ? [] : null;
};

const verdicts = (given: Params, found: State): readonly { readonly kb: string; readonly verdict: KbVerdict }[] =>
  (wanted(given, found) ?? []).map((kb) => ({ kb, verdict: kbVerdict(kb, found, found.packages, found.listed) }));

const SATISFIED: readonly KbVerdict[] = ['installed', 'superseded', 'not_applicable'];

// Some updates are in no package of servicing. wmic is not on every Windows: without it nothing is listed.
const wmicList = async (host: HostReader): Promise<readonly string[]> => {
  const { rc, stdout } = await host.query('wmic qfe get HotFixID');
  return rc === 0 ? stdout.split(/\s+/).flatMap((word) => normalizeKb(word) ?? []) : [];
};

const HINTS: Readonly<Partial<Record<KbVerdict, string>>> = {
  missing: 'Install the update, or a later rollup that contains it.',
  pending_reboot: 'Restart the host: the update is installed with the next start.',
  unknown: 'Log in with an account that may read Component Based Servicing in the registry.',
};

/** Checks that updates are there, or are not needed: changes nothing. */
export const kbCheck: ResourceModule<Params, State, UpdateChange> = {
  kind: 'resource',
  name: 'kb_check',
  summary: 'Fails where an update is missing',
  params,
  parameters: {
    kb: { description: 'An update (KB3154520), or a list of them' },
    by_os: { description: 'Windows version (6.3, 10.0.14393, 2012R2) to its update or updates' },
  },
  state,
  footprint: () => ({ registry: [PACKAGES] }),
  async read(given, host) {
    const [windows, answer] = await Promise.all([host.windows(), servicing(host)]);
    const kbs = given.kb ?? (given.by_os ?? []).flatMap((entry) => entry.kbs);
    const { version, build, ubr } = windows;
    const packages = answer === 'denied' ? null : packagesOf(answer, kbs);
    const found: State = { version, build, ubr, packages, listed: [] };
    const isOpen = verdicts(given, found).some(({ verdict }) => verdict === 'missing' || verdict === 'unknown');
    return isOpen ? { ...found, listed: await wmicList(host) } : found;
  },
  diff: (given, found) =>
    verdicts(given, found)
      .filter(({ verdict }) => !SATISFIED.includes(verdict))
      .map(({ kb, verdict }) => ({ kind: 'update', kb, before: verdict, after: 'installed', restart: false })),
  refuse(given, found) {
    const windows = `Windows ${found.version}.${found.build}`;
    if (wanted(given, found) === null)
      return { message: `by_os names no update for ${windows}`, hint: `Add "${found.version}" to by_os.` };
    const bad = verdicts(given, found).filter(({ verdict }) => !SATISFIED.includes(verdict));
    const [first] = bad;
    if (!first) return null;
    const message = `${bad.map(({ kb, verdict }) => `${kb}: ${verdict}`).join(', ')} (${windows})`;
    const hint = HINTS[first.verdict];
    return hint === undefined ? { message } : { message, hint };
  },
  result(given, found) {
    const list = verdicts(given, found);
    const verdict = list.length === 0 ? 'not_applicable' : list.length === 1 ? list[0]?.verdict : undefined;
    return { updates: list, ...(verdict === undefined ? {} : { verdict }) };
  },
};
