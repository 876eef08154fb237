import { describe, expect, test } from '@jest/globals';
import { type RunEvent, Secrets, Template, type Value } from '@ratchet/core';
import type { Play, VarsPrompt } from '@ratchet/playbook';
import { Templar } from '@ratchet/template';
import { askVars } from './ask-vars.js';
import type { RunContext } from './contexts.js';

const position = { file: { path: 'p.yml', text: 'q' }, offset: 0 };
const prompt = (name: string, more: Partial<VarsPrompt> = {}): VarsPrompt => ({
  name,
  private: true,
  confirm: false,
  unsafe: false,
  position,
  ...more,
});

/** Asks a person who answers so; `recorded` is what the journal of a continued run holds. */
const askedWith = async (
  prompts: readonly VarsPrompt[],
  typed: readonly string[] | undefined,
  { given = {}, recorded = {} }: { given?: Record<string, Value>; recorded?: Record<string, string> } = {},
) => {
  const questions: string[] = [];
  const events: RunEvent[] = [];
  const secrets = new Secrets();
  const left = [...(typed ?? [])];
  const ask = async (question: string, echo: boolean): Promise<string> => {
    questions.push(`${question}${echo ? 'shown' : 'hidden'}`);
    return left.shift() ?? '';
  };
  const resume = { recorded: { events: [{ type: 'vars_answered', play: 0, answers: recorded }] } };
  const options = { extraVars: new Map(Object.entries(given)), secrets, resume, ...(typed ? { ask } : {}) };
  const run = { options, sink: { emit: async (event: RunEvent) => void events.push(event) } };
  const vars = new Map<string, Value>([['w', 'world']]);
  const templar = new Templar({ get: (name) => vars.get(name), names: () => vars.keys() });
  const answers = await askVars(run as unknown as RunContext, { varsPrompt: prompts } as unknown as Play, 0, templar);
  const texts = [...answers].map(([name, value]) => [
    name,
    value instanceof Template ? `template ${value.text}` : value,
  ]);
  return { answers: Object.fromEntries(texts), questions, events, secrets };
};

describe('vars_prompt', () => {
  test('asks, hidden unless told; an empty answer is the default, whose templates are finished', async () => {
    const prompts = [
      prompt('pw', { prompt: 'Password' }),
      prompt('c', { private: false, prompt: 'Color', fallback: 'red' }),
      prompt('d', { fallback: new Template('hi {{ w }}', position) }),
      prompt('u', { unsafe: true, private: false }),
    ];
    const { answers, questions, events, secrets } = await askedWith(prompts, ['hunter2', '', '', '{{ x }}']);
    expect(answers).toEqual({ pw: 'template hunter2', c: 'template red', d: 'template hi world', u: '{{ x }}' });
    expect(questions).toEqual(['Password: hidden', 'Color [red]: shown', 'input for d: hidden', 'input for u: shown']);
    expect(events).toEqual([{ type: 'vars_answered', play: 0, answers: { c: 'red', u: '{{ x }}' } }]);
    expect(secrets.mask('is hunter2')).toBe('is ********');
  });

  test('confirm asks until both are the same', async () => {
    const { answers, questions } = await askedWith([prompt('a', { confirm: true })], ['x', 'y', 'z', 'z']);
    expect(answers).toEqual({ a: 'template z' });
    expect(questions).toHaveLength(4);
  });

  test('what -e gives is not asked for', async () => {
    expect((await askedWith([prompt('a')], ['never'], { given: { a: 1 } })).answers).toEqual({});
  });

  test('a continued run asks for what is private alone, and writes nothing down again', async () => {
    const prompts = [prompt('pw'), prompt('c', { private: false })];
    const { answers, questions, events } = await askedWith(prompts, ['again'], { recorded: { c: 'blue' } });
    expect(answers).toEqual({ pw: 'template again', c: 'template blue' });
    expect(questions).toEqual(['input for pw: hidden']);
    expect(events).toEqual([]);
  });

  test('without a terminal the default counts, and without a default it is an error', async () => {
    expect((await askedWith([prompt('a', { fallback: 5 })], undefined)).answers).toEqual({ a: 'template 5' });
    await expect(askedWith([prompt('a')], undefined)).rejects.toMatchObject({
      code: 'usage',
      hint: 'Give it with -e a=….',
    });
  });
});
