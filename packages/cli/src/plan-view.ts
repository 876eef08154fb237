import { type Failure, showChange } from '@ratchet/core';
import type { PlannedStep } from '@ratchet/runner';

/** A step of a plan, or one at which planning failed. */
export interface ShownStep extends PlannedStep {
  readonly failure?: Failure;
}

const indented = (text: string): readonly string[] => text.split('\n').map((line) => `      ${line}`);

const failureLines = ({ message, place, excerpt, hint }: Failure): readonly string[] => {
  const where = excerpt ?? (place === undefined ? undefined : `at ${place}`);
  return [
    `    x FAILED: ${message}`,
    ...(where ? indented(where) : []),
    ...(hint === undefined ? [] : [`      hint: ${hint}`]),
  ];
};

const stepLines = (step: ShownStep, afterRestart: boolean): readonly string[] => [
  `  ${step.task}${step.item === undefined ? '' : ` (item=${step.item})`}${afterRestart ? '  [read before the restart above; read again after it]' : ''}`,
  ...step.changes.map((change) => `    ${change.kind === 'reboot' ? '!' : '~'} ${showChange(change)}`),
  ...(step.unknown === undefined ? [] : [`    ? UNKNOWN: ${step.unknown}`]),
  ...(step.failure === undefined ? [] : failureLines(step.failure)),
];

const restarts = (step: PlannedStep): boolean => step.changes.some(({ kind }) => kind === 'reboot');

const hostLines = (host: string, steps: readonly ShownStep[]): readonly string[] => {
  if (steps.length === 0) return [`${host}`, '  nothing to change'];
  const restart = steps.findIndex(restarts);
  return [host, ...steps.flatMap((step, index) => stepLines(step, restart >= 0 && index > restart))];
};

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** A plan as a person reads it: every host with its steps in order, each change before → after, what is unknown or failed as such, and a sum. */
export const planText = (steps: readonly ShownStep[], hosts: readonly string[]): string => {
  const lines = [...hosts].sort().flatMap((host) => [
    ...hostLines(
      host,
      steps.filter((step) => step.host === host),
    ),
    '',
  ]);
  const changes = steps.flatMap((step) => step.changes);
  const reboots = changes.filter(({ kind }) => kind === 'reboot').length;
  const unknown = steps.filter((step) => step.unknown !== undefined).length;
  const failed = steps.filter((step) => step.failure !== undefined).length;
  const sum = [
    plural(changes.length - reboots, 'change'),
    plural(reboots, 'restart'),
    `${plural(unknown, 'step')} unknown`,
    ...(failed === 0 ? [] : [`${plural(failed, 'step')} failed`]),
  ].join(', ');
  return `${lines.join('\n')}Plan: ${sum}, on ${plural(hosts.length, 'host')}.\n`;
};
