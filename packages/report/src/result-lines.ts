import type { Failure, Outcome, StampedEvent } from '@ratchet/core';
import { showChange } from '@ratchet/core';
import { jsonText } from './json-text.js';
import { type Colour, paint } from './paint.js';
import { resultDiff } from './result-diff.js';
import { visible, visibleLine } from './visible.js';

export type StepFinished = Extract<StampedEvent, { type: 'step_finished' }>;
export type TaskFinished = Extract<StampedEvent, { type: 'task_finished' }>;

export interface LineStyle {
  readonly colour: boolean;
  readonly diff: boolean;
  /** Lines around a change; default 3. */
  readonly diffContext?: number;
  readonly verbosity: number;
}

type Result = Readonly<Record<string, unknown>> | undefined;

/** The colour that each outcome is shown in. */
export const COLOURS: Readonly<Record<Outcome, Colour>> = {
  ok: 'green',
  changed: 'yellow',
  skipped: 'cyan',
  failed: 'red',
  unreachable: 'red',
};

const BOOKKEEPING = new Set(['changed', 'failed', 'skipped']);

const without = (result: Result, drop: (key: string) => boolean): Record<string, unknown> =>
  Object.fromEntries(Object.entries(result ?? {}).filter(([key]) => !drop(key)));

/** As Ansible has it: a message stands alone, a variable with the item it is of, and what is spoken wholly with all but the verdict. */
export const spokenResult = (result: Result, spoken: boolean | 'wholly'): Record<string, unknown> => {
  const own = without(result, (key) => key.startsWith('_ansible'));
  if (spoken === 'wholly') return without(own, (key) => key === 'failed' || key === 'skipped');
  return 'msg' in own ? { msg: own['msg'] } : without(own, (key) => BOOKKEEPING.has(key));
};

type Shown = Pick<StepFinished, 'result' | 'spoken' | 'outcome'>;

const spokenText = ({ result, spoken, outcome }: Shown): string => {
  if (!spoken || outcome === 'skipped') return '';
  const shown = spokenResult(result, spoken);
  return Object.keys(shown).length === 0 ? '' : ` => ${jsonText(shown, { indent: 4, sorted: true })}`;
};

const resultText = (event: Shown, style: LineStyle): string => {
  const spoken = spokenText(event);
  const { result } = event;
  if (spoken !== '' || style.verbosity < 1 || result === undefined) return spoken;
  const dropped = (key: string): boolean => key.startsWith('_ansible') || (key === 'diff' && style.verbosity < 3);
  return ` => ${jsonText(without(result, dropped), { sorted: true })}`;
};

const failureResult = (failure: Failure | undefined, result: Result, unreachable: boolean): string => {
  const shown = without(result, (key) => key.startsWith('_ansible') || key === 'diff' || key === 'failed');
  const msg = failure?.message ?? shown['msg'] ?? 'failed without a message';
  const facts = unreachable ? { unreachable: true } : {};
  return jsonText({ changed: false, ...shown, msg, ...facts }, { sorted: true });
};

/** From so many -v on, stacks are told. */
export const STACK_VERBOSITY = 3;

const failureNotes = (failure: Failure | undefined, { verbosity }: LineStyle): readonly string[] => [
  ...(failure?.excerpt?.split('\n') ?? (failure?.place ? [`  at ${failure.place}`] : [])),
  ...(failure?.hint ? [`  hint: ${failure.hint}`] : []),
  ...(failure?.stack && verbosity >= STACK_VERBOSITY ? failure.stack.split('\n').map((line) => `  ${line}`) : []),
];

const DIFF_COLOURS: Readonly<Record<string, Colour>> = { '+': 'green', '-': 'red', '@': 'cyan' };

const DEFAULT_CONTEXT = 3;

type Changed = Pick<StepFinished, 'changes' | 'result' | 'outcome' | 'showDiff'>;

/** What changed, line by line: of resources their changes, of files their text. */
export const changeLines = (event: Changed, style: LineStyle): readonly string[] => {
  if (!(event.showDiff ?? style.diff)) return [];
  const changes = event.changes.map((change) => `  ${visibleLine(showChange(change))}`);
  const texts = event.outcome === 'changed' ? resultDiff(event.result, style.diffContext ?? DEFAULT_CONTEXT) : [];
  return [
    ...changes,
    ...texts.map((line) => paint(visibleLine(line), DIFF_COLOURS[line[0] ?? ''] ?? 'none', style.colour)),
  ];
};

const painted = (lines: readonly string[], colour: Colour, style: LineStyle): readonly string[] =>
  lines.map((line) => paint(visible(line), colour, style.colour));

/** The host as a line names it, with the one that did the work for it. */
export const hostLabel = (event: { readonly host: string; readonly delegate?: string }): string =>
  visibleLine(event.delegate === undefined ? event.host : `${event.host} -> ${event.delegate}`);

const itemHead = (event: StepFinished, item: string): string => {
  const host = hostLabel(event);
  const label = visibleLine(item);
  if (event.outcome === 'failed') return `failed: [${host}] (item=${label})`;
  const word = event.outcome === 'skipped' ? 'skipping' : event.outcome;
  return `${word}: [${host}] => (item=${label})${event.outcome === 'skipped' ? ' ' : ''}`;
};

/** The line of a file that was included; none for a role, whose tasks' names tell it. */
export const includedLines = (
  event: Extract<StampedEvent, { type: 'included' }>,
  style: LineStyle,
): readonly string[] => {
  if (event.kind === 'role') return [];
  const item = event.item === undefined ? '' : ` => (item=${visibleLine(event.item)})`;
  return painted([`included: ${visibleLine(event.name)} for ${event.hosts.join(', ')}${item}`], 'cyan', style);
};

/** The line that says that a step is tried again. */
export const retryLine = (event: Extract<StampedEvent, { type: 'step_retrying' }>): string =>
  visible(`FAILED - RETRYING: [${hostLabel(event)}]: ${visibleLine(event.name)} (${event.left} retries left).`);

/** The lines for one item of a loop; none for a step that is not an item (its task's end shows it). */
export const itemLines = (event: StepFinished, style: LineStyle): readonly string[] => {
  if (event.item === undefined || event.outcome === 'unreachable') return [];
  const head = itemHead(event, event.item);
  const lines =
    event.outcome === 'failed'
      ? [`${head} => ${failureResult(event.failure, event.result, false)}`, ...failureNotes(event.failure, style)]
      : [`${head}${resultText(event, style)}`];
  return [...changeLines(event, style), ...painted(lines, COLOURS[event.outcome], style)];
};

const failedLines = (event: TaskFinished, style: LineStyle): readonly string[] => {
  const unreachable = event.outcome === 'unreachable';
  const head = `fatal: [${hostLabel(event)}]: ${unreachable ? 'UNREACHABLE' : 'FAILED'}!`;
  return [
    `${head} => ${failureResult(event.failure, event.result, unreachable)}`,
    ...failureNotes(event.failure, style),
  ];
};

/**
 * The lines for a task's end on a host. `itemFailureShown`: an item's line has already told the failure, so that it is
 * told once.
 */
export const taskLines = (event: TaskFinished, itemFailureShown: boolean, style: LineStyle): readonly string[] => {
  const loop = event.items !== undefined && event.items > 0;
  const colour = COLOURS[event.outcome];
  if (event.outcome === 'failed' || event.outcome === 'unreachable') {
    const changes = loop ? [] : changeLines(event, style);
    const lines = itemFailureShown ? [] : painted(failedLines(event, style), colour, style);
    return [...changes, ...lines, ...(event.ignored ? painted(['...ignoring'], 'cyan', style) : [])];
  }
  if (loop && event.outcome !== 'skipped') return [];
  const word = event.outcome === 'skipped' ? 'skipping' : event.outcome;
  const line = `${word}: [${event.outcome === 'skipped' ? visibleLine(event.host) : hostLabel(event)}]${loop ? '' : resultText(event, style)}`;
  return [...changeLines(event, style), ...painted([line], colour, style)];
};
