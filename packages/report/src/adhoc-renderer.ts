import type { Outcome, StampedEvent } from '@ratchet/core';
import { jsonText } from './json-text.js';
import { type Colour, paint } from './paint.js';
import { debtLines } from './recap-lines.js';
import type { Renderer, RendererOptions } from './renderer.js';
import { COLOURS, changeLines, spokenResult, type TaskFinished } from './result-lines.js';
import { visible, visibleLine } from './visible.js';

/** How `ratchet adhoc` shows results. */
export interface AdhocLook {
  /** What a command printed is shown as it is, not as JSON. */
  readonly text: boolean;
  /** A line for each host. */
  readonly oneLine: boolean;
}

type Result = Readonly<Record<string, unknown>>;

const WORDS: Readonly<Record<Outcome, string>> = {
  ok: 'SUCCESS',
  changed: 'CHANGED',
  skipped: 'SKIPPED',
  failed: 'FAILED',
  unreachable: 'UNREACHABLE',
};

const isBad = (outcome: Outcome): boolean => outcome === 'failed' || outcome === 'unreachable';

const HIDDEN = ['failed', 'diff'];

// `debug` and the like say what they were given and nothing of themselves.
const shownResult = ({ result, failure, outcome, spoken }: TaskFinished): Result => {
  const kept = Object.entries(result ?? {}).filter(([key]) => !key.startsWith('_ansible') && !HIDDEN.includes(key));
  const shown = Object.fromEntries(kept);
  if (!isBad(outcome)) return spoken ? spokenResult(shown, spoken) : shown;
  const unreachable = outcome === 'unreachable' ? { unreachable: true } : {};
  return {
    changed: false,
    ...shown,
    msg: failure?.message ?? shown['msg'] ?? 'failed without a message',
    ...unreachable,
  };
};

// One line is the indented text with its line ends and indents gone, as Ansible writes it.
const jsonOf = (result: Result, oneLine: boolean): string => {
  const text = jsonText(result, { indent: 4, sorted: true });
  return oneLine ? text.replace(/\n\s*/g, '') : text;
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const escaped = (value: unknown): string => textOf(value).replaceAll('\r', '\\r').replaceAll('\n', '\\n');

const commandText = (event: TaskFinished, rc: unknown, oneLine: boolean): string => {
  const { host, outcome, result = {} } = event;
  const head = `${host} | ${WORDS[outcome]} | rc=${String(rc)}`;
  if (oneLine) {
    const stderr = textOf(result['stderr']) === '' ? '' : ` (stderr) ${escaped(result['stderr'])}`;
    return `${head} | (stdout) ${escaped(result['stdout'])}${stderr}`;
  }
  const message = outcome === 'failed' ? (event.failure?.message ?? textOf(result['msg'])) : textOf(result['msg']);
  const parts = [textOf(result['stdout']), textOf(result['stderr']), message];
  return `${head} >>\n${parts.filter((part) => part !== '').join('\n')}`;
};

const hintOf = ({ failure }: TaskFinished): readonly string[] => (failure?.hint ? [`  hint: ${failure.hint}`] : []);

const resultText = (event: TaskFinished, { text, oneLine }: AdhocLook): string => {
  const { host, outcome, result } = event;
  const rc = result?.['rc'];
  if (outcome === 'skipped') return `${host} | SKIPPED`;
  if (text && rc !== undefined && outcome !== 'unreachable') return commandText(event, rc, oneLine);
  const word = `${WORDS[outcome]}${isBad(outcome) ? '!' : ''}`;
  return `${host} | ${word} => ${jsonOf(shownResult(event), oneLine)}`;
};

class AdhocRenderer implements Renderer {
  readonly #options: RendererOptions;
  readonly #look: AdhocLook;

  constructor(options: RendererOptions, look: AdhocLook) {
    this.#options = options;
    this.#look = look;
  }

  handle(event: StampedEvent): void {
    switch (event.type) {
      case 'task_finished':
        this.#task(event);
        break;
      case 'warning':
        this.#warn(`${event.host ? `${event.host}: ` : ''}${event.message}`);
        break;
      case 'no_hosts':
        this.#warn('No hosts matched, nothing to do');
        break;
      case 'host_stopped':
        this.#print(`${event.host} | STOPPED: ${event.failure.message}`, 'red');
        break;
      case 'run_finished':
        for (const line of debtLines(event.debts)) this.#print(line, 'yellow');
        break;
      default:
        break;
    }
  }

  async finish(): Promise<void> {
    // Nothing is held back.
  }

  #task(event: TaskFinished): void {
    for (const line of changeLines(event, this.#options)) this.#options.stream.write(`${line}\n`);
    const host = visibleLine(event.host);
    const lines = [resultText({ ...event, host }, this.#look), ...hintOf(event)];
    this.#print(lines.join('\n'), COLOURS[event.outcome]);
  }

  #print(text: string, colour: Colour): void {
    this.#options.stream.write(`${paint(visible(text), colour, this.#options.colour)}\n`);
  }

  #warn(message: string): void {
    const text = visible(`[WARNING]: ${message}`);
    this.#options.errorStream.write(`${paint(text, 'magenta', this.#options.colour)}\n`);
  }
}

/** The results of one task as Ansible's `ansible` command prints them: no banners and no recap. */
export const adhocRenderer = (options: RendererOptions, look: AdhocLook): Renderer => new AdhocRenderer(options, look);
