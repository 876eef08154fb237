import { type Dict, sourceError, Template, toPlain, type Value } from '@ratchet/core';
import type { Play, VarsPrompt } from '@ratchet/playbook';
import type { Templar } from '@ratchet/template';
import type { RunContext } from './contexts.js';

type Ask = NonNullable<RunContext['options']['ask']>;

// An answer is a text, as in Ansible: a default of another type is written as Python writes it.
const textOf = (value: Value): string => (value === true ? 'True' : value === false ? 'False' : String(toPlain(value)));

const questionOf = ({ name, prompt }: VarsPrompt, fallback: string | undefined, templar: Templar): string => {
  const asked = prompt === undefined ? `input for ${name}` : textOf(templar.finish(prompt));
  return fallback === undefined || prompt === undefined ? `${asked}: ` : `${asked} [${fallback}]: `;
};

const typed = async ({ confirm, private: hidden }: VarsPrompt, question: string, ask: Ask): Promise<string> => {
  for (let again = ''; ; again = 'The two do not match. ') {
    const answer = await ask(`${again}${question}`, !hidden);
    if (!confirm || (await ask(`confirm ${question}`, !hidden)) === answer) return answer;
  }
};

const answerOf = async (run: RunContext, prompt: VarsPrompt, templar: Templar): Promise<string> => {
  const { ask, secrets } = run.options;
  const fallback = prompt.fallback === undefined ? undefined : textOf(templar.finish(prompt.fallback));
  const answer = ask ? await typed(prompt, questionOf(prompt, fallback, templar), ask) : '';
  if (prompt.private) secrets.add(answer);
  if (answer !== '') return answer;
  if (fallback !== undefined) return fallback;
  if (ask) return '';
  throw sourceError(
    'usage',
    `Nobody is at the terminal to give "${prompt.name}", and it has no default.`,
    prompt.position,
    {
      hint: `Give it with -e ${prompt.name}=….`,
    },
  );
};

/** What was answered before the run was interrupted; nothing private is among it. */
const recordedAnswers = (run: RunContext, play: number): Readonly<Record<string, string>> => {
  for (const event of run.options.resume?.recorded.events ?? [])
    if (event.type === 'vars_answered' && event.play === play) return event.answers;
  return {};
};

/**
 * Asks for a play's `vars_prompt`, but for what `-e` gives and what the journal of a continued run holds. Only answers that are not
 * private are written down. Errors: `usage` where nobody can be asked and there is no default.
 */
export const askVars = async (run: RunContext, play: Play, index: number, templar: Templar): Promise<Dict> => {
  const answers: Dict = new Map();
  const open: Record<string, string> = {};
  const recorded = recordedAnswers(run, index);
  for (const prompt of play.varsPrompt) {
    const { name, position } = prompt;
    if (run.options.extraVars.has(name)) continue;
    const known = Object.hasOwn(recorded, name) ? recorded[name] : undefined;
    const answer = known ?? (await answerOf(run, prompt, templar));
    if (!prompt.private) open[name] = answer;
    answers.set(name, prompt.unsafe ? answer : new Template(answer, position));
  }
  if (Object.keys(open).length > Object.keys(recorded).length)
    await run.sink.emit({ type: 'vars_answered', play: index, answers: open });
  return answers;
};
