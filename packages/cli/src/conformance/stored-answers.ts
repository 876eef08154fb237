import { readFile, writeFile } from 'node:fs/promises';
import type { Canonical } from './canonical.js';

/** What the oracle said to one input. */
export interface Answer {
  readonly input: string;
  readonly oracle: string;
  readonly answer: Canonical;
}

/** The answers beside a case, by the name of the input. */
export type Answers = ReadonlyMap<string, Answer>;

const pathOf = (casePath: string): string => casePath.replace(/\.yml$/, '.oracle.json');

/** The stored answers of a case; none when there is no file yet. */
export const readAnswers = async (casePath: string): Promise<Answers> => {
  const text = await readFile(pathOf(casePath), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  return new Map(Object.entries(JSON.parse(text) as Record<string, Answer>));
};

/** Stores the answers; the file keeps the order of the case. */
export const writeAnswers = async (casePath: string, answers: Answers): Promise<void> => {
  const lines = [...answers].map(([key, answer]) => `  ${JSON.stringify(key)}: ${JSON.stringify(answer)}`);
  await writeFile(pathOf(casePath), `{\n${lines.join(',\n')}\n}\n`);
};
