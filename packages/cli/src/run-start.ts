import { resolve } from 'node:path';
import { isSecretName, RatchetError, type Secrets, type StampedEvent, toPlain } from '@ratchet/core';
import { type Decrypt, parseExtraVars } from './extra-vars.js';
import type { RunFlags } from './run-flags.js';
import { usageError } from './show-failure.js';

/** What the journal keeps of a command line: its flags without secrets, and the names of the secret `-e` variables left out. */
export interface RunStart {
  readonly flags: Omit<RunFlags, 'extraVars'>;
  readonly extraVars: readonly string[];
  readonly secretVars: readonly string[];
  readonly cwd: string;
  /** The plan that is applied, as it was named; a copy of it stands in the run's folder. */
  readonly plan?: string;
}

const absolute = (cwd: string, source: string): string => (source.includes(',') ? source : resolve(cwd, source));

const absoluteId = (cwd: string, id: string): string => {
  const [, label = '', source = ''] = /^([^@]+@)?(.*)$/s.exec(id) ?? [];
  return source.startsWith('prompt') ? id : `${label}${resolve(cwd, source)}`;
};

/** The `-e` as the journal may hold them: a file by its path, a text as it stands unless it holds or is named as a secret. */
const splitSecrets = async (
  texts: readonly string[],
  cwd: string,
  decrypt: Decrypt,
  secrets: Secrets,
): Promise<{ readonly extraVars: readonly string[]; readonly secretVars: readonly string[] }> => {
  const extraVars: string[] = [];
  const secretVars: string[] = [];
  for (const text of texts) {
    if (text.trim().startsWith('@')) extraVars.push(`@${resolve(cwd, text.trim().slice(1))}`);
    else {
      const vars = await parseExtraVars(text, decrypt);
      const secret =
        [...vars.keys()].some((name) => isSecretName(String(toPlain(name)))) || secrets.mask(text) !== text;
      if (secret) secretVars.push(...[...vars.keys()].map((name) => String(toPlain(name))));
      else extraVars.push(text);
    }
  }
  return { extraVars, secretVars };
};

/** What a later `resume` needs to begin as this run did. */
export const runStart = async (
  { extraVars, ...flags }: RunFlags,
  cwd: string,
  decrypt: Decrypt,
  secrets: Secrets,
): Promise<RunStart> => ({
  flags: {
    ...flags,
    playbooks: flags.playbooks.map((path) => resolve(cwd, path)),
    inventory: flags.inventory.map((source) => absolute(cwd, source)),
    ...(flags.privateKey === undefined ? {} : { privateKey: resolve(cwd, flags.privateKey) }),
    vaultIds: flags.vaultIds.map((id) => absoluteId(cwd, id)),
    vaultPasswordFiles: flags.vaultPasswordFiles.map((path) => resolve(cwd, path)),
  },
  ...(await splitSecrets(extraVars, cwd, decrypt, secrets)),
  cwd,
});

/** The start that a journal recorded. Errors: `journal-damaged` when there is none. */
export const recordedStart = (events: readonly StampedEvent[]): RunStart => {
  const [first] = events;
  if (first?.type !== 'run_started' || !first.start)
    throw new RatchetError(
      'journal-damaged',
      'The journal does not say how the run was begun, so it cannot be continued.',
      {
        hint: 'Give the command again: what is done already is left alone.',
      },
    );
  return first.start as unknown as RunStart;
};

/** Names of variables that some `-e` give. */
const namesIn = async (texts: readonly string[], decrypt: Decrypt): Promise<ReadonlySet<string>> => {
  const names = new Set<string>();
  for (const text of texts)
    for (const name of (await parseExtraVars(text, decrypt)).keys()) names.add(String(toPlain(name)));
  return names;
};

/** Throws a usage error that names the secret variables of the first command line that were not given again. */
export const refuseMissingSecrets = async (
  start: RunStart,
  given: readonly string[],
  decrypt: Decrypt,
): Promise<void> => {
  const names = await namesIn(given, decrypt);
  const missing = start.secretVars.filter((name) => !names.has(name));
  if (missing.length > 0) throw usageError(`The journal holds no secrets: give -e again for ${missing.join(', ')}.`);
};
