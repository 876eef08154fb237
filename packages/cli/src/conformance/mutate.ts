import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DISABLE_VARIABLE } from './disable-loader.js';
import { allMutations, type Mutation, type MutationKind } from './mutations.js';
import { inPool, runProgram } from './program.js';

const HOOK = fileURLToPath(new URL('./disable-hook.js', import.meta.url));
const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
const AT_ONCE = 2;
/** Milliseconds for all cases that mention a thing. */
const LIMIT = 900_000;

const CASES_OF: Readonly<Record<MutationKind, string>> = {
  filter: 'expressions/*',
  test: 'expressions/*',
  lookup: 'expressions/*',
  keyword: 'playbooks/*',
  'magic variable': 'playbooks/*',
};

/** Whether a case fails once the thing is taken away: the suite, over the cases that mention it, ends with 1. */
const isNoticed = async ({ kind, name, disabled }: Mutation, cases: string): Promise<boolean> => {
  const { code, stdout } = await runProgram(
    process.execPath,
    ['--import', HOOK, MAIN, '--cases', cases, '--stored', '--only', CASES_OF[kind], '--mentioning', name],
    { cwd: cases, env: { ...process.env, [DISABLE_VARIABLE]: JSON.stringify(disabled) }, limit: LIMIT },
  );
  return code === 1 && stdout.includes('DIFFERENT');
};

const commit = async (folder: string): Promise<string> => {
  const { stdout } = await runProgram('git', ['rev-parse', '--short', 'HEAD'], { cwd: folder, env: process.env });
  return stdout.trim();
};

const table = (judged: readonly { readonly mutation: Mutation; readonly noticed: boolean }[]): readonly string[] => {
  const kinds = [...new Set(judged.map(({ mutation }) => mutation.kind))];
  const row = (kind: MutationKind): string => {
    const own = judged.filter(({ mutation }) => mutation.kind === kind);
    const missed = own.filter(({ noticed }) => !noticed).map(({ mutation }) => `\`${mutation.name}\``);
    return `| ${kind} | ${own.length} | ${own.length - missed.length} | ${missed.join(', ') || 'none'} |`;
  };
  return ['| taken away | how many | a case failed | not noticed |', '| --- | --- | --- | --- |', ...kinds.map(row)];
};

export interface MutateOptions {
  readonly cases: string;
  /** The document that the result is written to. */
  readonly document: string;
  readonly kinds: readonly string[];
  readonly say: (line: string) => void;
}

/** Takes each filter, test, lookup, keyword and magic variable away in turn, and tells which ones no case notices. */
export const runMutations = async ({
  cases,
  document,
  kinds,
  say,
}: MutateOptions): Promise<{ readonly ok: boolean }> => {
  const mutations = (await allMutations()).filter(({ kind }) => kinds.length === 0 || kinds.includes(kind));
  const judged = await inPool(mutations, AT_ONCE, async (mutation) => {
    const noticed = await isNoticed(mutation, cases);
    if (!noticed) say(`NOT NOTICED ${mutation.kind} ${mutation.name}`);
    return { mutation, noticed };
  });
  const lines = table(judged);
  for (const line of lines) say(line);
  if (kinds.length === 0) {
    const date = new Date().toISOString().slice(0, 10);
    const head = [
      '# What the conformance suite notices',
      '',
      '`npm run conformance -- --mutate` takes each thing of the language away in turn, as it was built, and runs the cases that',
      `mention it. Last run: ${date}, commit ${await commit(cases)}.`,
      '',
    ];
    await writeFile(document, `${[...head, ...lines].join('\n')}\n`);
  }
  return { ok: judged.every(({ noticed }) => noticed) };
};
