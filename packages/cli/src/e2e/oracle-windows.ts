import { readFile } from 'node:fs/promises';

/** What an oracle answered to one task of a playbook. */
export interface OracleAnswer {
  readonly task: string;
  readonly result: Readonly<Record<string, unknown>>;
}

/** The answers to the tasks of one playbook of `fixtures/oracle-windows`. */
export interface OracleFile {
  /** Versions of what answered. */
  readonly oracle: string;
  /** SHA-256 of the playbook that was answered. */
  readonly playbook: string;
  readonly answers: readonly OracleAnswer[];
}

/** Fields that no two runs have in common, or that only Ansible's own machinery tells. */
const PASSING = [
  // Ratchet says why of every task that it skips, Ansible of those whose condition does not hold.
  'skip_reason',
  'invocation',
  'exception',
  'action',
  'warnings',
  'deprecations',
  'start',
  'end',
  'delta',
];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A result without what passes, names in order; `changed` and `failed` are always there. */
export const lasting = (result: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  changed: false,
  failed: false,
  skipped: false,
  ...Object.fromEntries(
    Object.entries(result)
      .filter(([name]) => !PASSING.includes(name) && !name.startsWith('_'))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  ),
});

/** Every path at which two results differ, with both values as text. */
export const differences = (ansible: unknown, ratchet: unknown, at = ''): readonly string[] => {
  if (isRecord(ansible) && isRecord(ratchet)) {
    const names = [...new Set([...Object.keys(ansible), ...Object.keys(ratchet)])].sort();
    return names.flatMap((name) => differences(ansible[name], ratchet[name], at === '' ? name : `${at}.${name}`));
  }
  if (Array.isArray(ansible) && Array.isArray(ratchet) && ansible.length === ratchet.length)
    return ansible.flatMap((item: unknown, index) => differences(item, ratchet[index], `${at}.${index}`));
  const [one, other] = [JSON.stringify(ansible), JSON.stringify(ratchet)];
  return one === other ? [] : [`${at}: ${one} | ${other}`];
};

/** The stored answers of one playbook. */
export const oracleFile = async (path: string): Promise<OracleFile> =>
  JSON.parse(await readFile(path, 'utf8')) as OracleFile;
