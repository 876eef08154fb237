import type { StampedEvent } from '@ratchet/core';
import { jsonText } from './json-text.js';
import type { Renderer, RendererOptions } from './renderer.js';
import { taskLines } from './result-lines.js';
import { visible } from './visible.js';

/** Failures and warnings as text on standard error: what a JSON reader of standard output would otherwise never see. */
const tellTrouble = (event: StampedEvent, options: RendererOptions): void => {
  if (event.type === 'warning') {
    options.errorStream.write(`${visible(`[WARNING]: ${event.host ? `${event.host}: ` : ''}${event.message}`)}\n`);
  }
  if (event.type !== 'task_finished' || (event.outcome !== 'failed' && event.outcome !== 'unreachable')) return;
  const lines = taskLines(event, false, { ...options, diff: false });
  options.errorStream.write(`${visible(`TASK [${event.name}]`)}\n${lines.join('\n')}\n`);
};

/** One JSON document on standard output when the run has ended: `{"run", "hosts": {host: counters}, "exitCode"}`. */
export const jsonRenderer = (options: RendererOptions): Renderer => {
  let end: Extract<StampedEvent, { type: 'run_finished' }> | undefined;
  return {
    handle: (event) => {
      tellTrouble(event, options);
      if (event.type === 'run_finished') end = event;
    },
    finish: async () => {
      if (!end) return;
      const { run, hosts, exitCode } = end;
      options.stream.write(`${jsonText({ run, hosts, exitCode })}\n`);
      end = undefined;
    },
  };
};

/** Every event as one line of JSON on standard output, as it happens. */
export const ndjsonRenderer = (options: RendererOptions): Renderer => ({
  handle: (event) => {
    options.stream.write(`${jsonText(event)}\n`);
  },
  finish: async () => undefined,
});
