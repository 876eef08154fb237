import type { ActionModule } from '@ratchet/core';
import { z } from 'zod';
import { stamp } from './command-result.js';
import { flag, text } from './parameter-values.js';

const whole = z.unknown().transform((given, context): number => {
  const number = typeof given === 'string' && /^\s*-?\d+\s*$/.test(given) ? Number(given) : given;
  if (typeof number === 'number' && Number.isFinite(number)) return Math.trunc(number);
  context.addIssue({ code: 'custom', message: `non-integer value given: ${JSON.stringify(given)}` });
  return z.NEVER;
});

const params = z
  .strictObject({
    seconds: whole.optional(),
    minutes: whole.optional(),
    prompt: text.optional(),
    echo: flag.default(true),
  })
  .refine((given) => given.seconds === undefined || given.minutes === undefined, {
    message: 'seconds and minutes are mutually exclusive',
  });

/** A halt: for a time, or until a person presses Enter. */
export const pause: ActionModule<z.infer<typeof params>> = {
  kind: 'action',
  name: 'pause',
  aliases: ['ansible.builtin.pause'],
  summary: 'Waits for a time, or until a person presses Enter; once for all hosts',
  params,
  parameters: {
    seconds: { description: 'How long to wait' },
    minutes: { description: 'How long to wait' },
    prompt: { description: 'What to show; without a time it is waited for an answer' },
    echo: { description: 'Show what is typed', default: true },
  },
  checkMode: 'runs',
  needsHost: false,
  oncePerBatch: true,
  async run({ seconds, minutes, prompt, echo }, _host, context) {
    const timed = seconds !== undefined || minutes !== undefined;
    // As Ansible: less than a second is one.
    const wait = timed ? Math.max(1, seconds ?? (minutes ?? 0) * 60) : 0;
    const start = context.now();
    const { ask } = context.controller;
    let answer = '';
    if (timed) {
      context.progress(`${prompt === undefined ? '' : `${prompt} `}pausing for ${wait} seconds`);
      await context.sleep(wait * 1000);
    } else if (ask) answer = await ask(`${prompt ?? 'Press enter to continue, Ctrl+C to interrupt'}: `, echo);
    else context.progress('not waiting for an answer to the prompt: nobody is at the terminal');
    const stop = context.now();
    const delta = Math.floor((stop - start) / 1000);
    const unit = minutes === undefined ? 'seconds' : 'minutes';
    const took = (stop - start) / 1000 / (minutes === undefined ? 1 : 60);
    const rounded = Math.round(took * 100) / 100;
    return {
      values: {
        delta,
        echo,
        rc: 0,
        start: stamp(start),
        stop: stamp(stop),
        stderr: '',
        stdout: `Paused for ${Number.isInteger(rounded) ? `${rounded}.0` : rounded} ${unit}`,
        user_input: answer,
      },
    };
  },
};
