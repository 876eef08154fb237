import type { Canonical } from './canonical.js';
import { type CaseFile, hashOf, type Kind, readCases } from './case-file.js';
import { compareCase, compareExpression, countLine, type Difference } from './compare.js';
import { answerExpressions, askExpressions, type ExpressionCase, expressionsOf } from './expression-case.js';
import { answerInventory, askInventory } from './inventory-case.js';
import { oracleVersion } from './oracle.js';
import { answerPlaybook, askPlaybook } from './playbook-case.js';
import { inPool } from './program.js';
import { type Answer, readAnswers, writeAnswers } from './stored-answers.js';

export interface SuiteOptions {
  /** Holds `expressions/`, `inventories/` and `playbooks/`. */
  readonly folder: string;
  /** What the oracle is asked for: all, every expression and what changed and a random tenth of the rest, or nothing. */
  readonly asks: 'all' | 'some' | 'nothing';
  /** A glob of case names. */
  readonly only: string | undefined;
  /** Only what mentions this word, up to the first difference. */
  readonly mentioning: string | undefined;
  readonly say: (line: string) => void;
}

const AT_ONCE = 2;
const SHARE_ASKED = 0.1;

/** One thing to ask: a whole case, or one expression of a file of them. */
interface Input {
  readonly file: CaseFile;
  readonly key: string;
  readonly hash: string;
  readonly expression?: ExpressionCase;
}

interface Judged {
  readonly total: number;
  readonly asked: number;
  readonly differences: readonly Difference[];
}

const inputsOf = (file: CaseFile): readonly Input[] =>
  file.kind === 'expressions'
    ? expressionsOf(file).map((expression) => ({ file, key: expression.template, hash: expression.hash, expression }))
    : [{ file, key: 'case', hash: hashOf(file.text) }];

const askAll = async (kind: Kind, inputs: readonly Input[]): Promise<readonly Canonical[]> => {
  if (inputs.length === 0) return [];
  if (kind === 'expressions') return askExpressions(inputs.flatMap(({ expression }) => expression ?? []));
  return inPool(inputs, AT_ONCE, ({ file }) => (kind === 'playbooks' ? askPlaybook(file) : askInventory(file)));
};

const answerAll = async (kind: Kind, inputs: readonly Input[]): Promise<readonly Canonical[]> => {
  if (kind === 'expressions') return answerExpressions(inputs.flatMap(({ expression }) => expression ?? []));
  return inPool(inputs, AT_ONCE, ({ file }) => (kind === 'playbooks' ? answerPlaybook(file) : answerInventory(file)));
};

const store = async (inputs: readonly Input[], answers: ReadonlyMap<Input, Answer>): Promise<void> => {
  for (const file of new Set(inputs.map((input) => input.file))) {
    const own = inputs.filter((input) => input.file === file);
    const entries = own.flatMap((input): [string, Answer][] => {
      const answer = answers.get(input);
      return answer ? [[input.key, answer]] : [];
    });
    await writeAnswers(file.path, new Map(entries));
  }
};

const judgeOne = (input: Input, answer: Answer | undefined, ours: Canonical): Difference | undefined => {
  if (!answer) return { name: `${input.file.name}: ${input.key}`, what: 'the oracle was never asked, and is not here' };
  return input.expression
    ? compareExpression(input.expression, answer.answer, ours)
    : compareCase(input.file, answer.answer, ours);
};

const mentions = (word: string | undefined): ((input: Input) => boolean) => {
  if (word === undefined) return () => true;
  const plain = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = /\w/.test(word) ? new RegExp(`(?<!\\w)(?:with_)?${plain}(?!\\w)`) : new RegExp(plain);
  return ({ file, expression }) => pattern.test(expression?.template ?? file.text);
};

/** Expressions are asked in one process, so all of them are due whenever the oracle is here. */
const isDue = (asks: SuiteOptions['asks'], kind: Kind, known: boolean): boolean =>
  asks === 'all' || (asks === 'some' && (kind === 'expressions' || !known || Math.random() < SHARE_ASKED));

const askDue = async (
  kind: Kind,
  inputs: readonly Input[],
  answers: Map<Input, Answer>,
  oracle: string | undefined,
  asks: SuiteOptions['asks'],
): Promise<number> => {
  const due = oracle === undefined ? [] : inputs.filter((input) => isDue(asks, kind, answers.has(input)));
  const told = await askAll(kind, due);
  due.forEach((input, index) => {
    answers.set(input, { input: input.hash, oracle: oracle ?? '', answer: told[index] ?? null });
  });
  if (due.length > 0) await store(inputs, answers);
  return due.length;
};

const judgeKind = async (
  kind: Kind,
  files: readonly CaseFile[],
  oracle: string | undefined,
  { asks, mentioning }: SuiteOptions,
): Promise<Judged> => {
  const inputs = files.flatMap(inputsOf).filter(mentions(mentioning));
  const answers = new Map<Input, Answer>();
  for (const file of files) {
    const stored = await readAnswers(file.path);
    for (const input of inputs) {
      const known = input.file === file ? stored.get(input.key) : undefined;
      if (known?.input === input.hash) answers.set(input, known);
    }
  }
  const asked = await askDue(kind, inputs, answers, oracle, asks);
  const differences: Difference[] = [];
  // Up to the first difference only a few are answered at a time.
  const chunk = mentioning === undefined || kind === 'expressions' ? inputs.length : AT_ONCE;
  for (let from = 0; from < inputs.length; from += chunk) {
    const some = inputs.slice(from, from + chunk);
    const ours = await answerAll(kind, some);
    differences.push(...some.flatMap((input, index) => judgeOne(input, answers.get(input), ours[index] ?? null) ?? []));
    if (mentioning !== undefined && differences.length > 0) break;
  }
  return { total: inputs.length, asked, differences };
};

/** Compares all cases with the oracle's answers, tells each difference and the counts. */
export const runSuite = async (options: SuiteOptions): Promise<{ readonly ok: boolean }> => {
  const { say } = options;
  const cases = await readCases(options.folder, options.only);
  if (cases.length === 0) {
    say(`no case of this name below ${options.folder}: ${options.only ?? '*'} (a glob, such as playbooks/loop*)`);
    return { ok: false };
  }
  const oracle = options.asks === 'nothing' ? undefined : await oracleVersion();
  say(oracle ? `oracle: ansible-core ${oracle}` : 'oracle: ansible-core is not asked; its stored answers serve');
  let bad = 0;
  const lines: string[] = [];
  for (const kind of ['expressions', 'inventories', 'playbooks'] as const) {
    const judged = await judgeKind(
      kind,
      cases.filter((one) => one.kind === kind),
      oracle,
      options,
    );
    for (const { name, what } of judged.differences) say(`DIFFERENT ${name}\n    ${what}`);
    bad += judged.differences.length;
    if (options.mentioning !== undefined && bad > 0) return { ok: false };
    lines.push(countLine(kind, judged.total, judged.asked, judged.differences.length));
  }
  for (const line of lines) say(line);
  return { ok: bad === 0 };
};
