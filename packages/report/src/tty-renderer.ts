import type { Outcome, StampedEvent } from '@ratchet/core';
import type { Listr, ListrTaskWrapper } from 'listr2';
import { plainRenderer } from './plain-renderer.js';
import { banner } from './recap-lines.js';
import type { Renderer, RendererOptions } from './renderer.js';
import { itemLines, type TaskFinished, taskLines } from './result-lines.js';
import { visibleLine } from './visible.js';

/** One task as the live display sees it: who is at work, how the others ended, and what is to be printed after it. */
interface LiveTask {
  readonly name: string;
  readonly working: Map<string, string>;
  readonly ended: Map<Outcome, number>;
  readonly lines: string[];
  readonly failedItems: Set<string>;
  readonly done: Promise<void>;
  readonly settle: () => void;
  redraw: () => void;
  /** Its line was drawn to the end: what comes later is printed by itself. */
  closed: boolean;
}

const liveTask = (name: string): LiveTask => {
  let settle = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return {
    name,
    working: new Map(),
    ended: new Map(),
    lines: [],
    failedItems: new Set(),
    done,
    settle,
    redraw: () => undefined,
    closed: false,
  };
};

const SHOWN_HOSTS = 4;

/** A task's one line: name, how many hosts ended how, and a few of those that are at work. */
export const progressLine = (
  name: string,
  ended: ReadonlyMap<Outcome, number>,
  working: ReadonlyMap<string, string>,
): string => {
  const counts = [...ended].map(([outcome, count]) => `${outcome} ${count}`);
  const hosts = [...working].map(([host, message]) => (message === '' ? host : `${host} (${message})`));
  const more = hosts.length > SHOWN_HOSTS ? [`${hosts.length - SHOWN_HOSTS} more`] : [];
  const busy = hosts.length > 0 ? [`at work: ${[...hosts.slice(0, SHOWN_HOSTS), ...more].join(', ')}`] : [];
  const parts = [...counts, ...busy];
  return visibleLine(parts.length > 0 ? `${name}  ${parts.join(', ')}` : name);
};

/**
 * Live progress on a terminal. A pure view: listr2 only draws tasks whose promises the event stream settles; the work,
 * its order and its errors are the runner's. Failures, changes and debug output are printed in full when their task has
 * ended.
 */
class TtyRenderer implements Renderer {
  readonly #options: RendererOptions;
  readonly #plain: Renderer;
  readonly #tasks = new Map<string, LiveTask>();
  #open: LiveTask[] = [];
  /** Everything that is to reach the terminal, in order; nothing is printed while listr2 draws. */
  #display: Promise<void> = Promise.resolve();

  constructor(options: RendererOptions) {
    this.#options = options;
    this.#plain = plainRenderer(options);
  }

  handle(event: StampedEvent): void {
    switch (event.type) {
      case 'task_started':
        this.#start(event.task, event.handler ? `${event.name} (handler)` : event.name);
        break;
      case 'step_started':
        this.#tasks.get(event.task)?.working.set(event.host, event.item ?? '');
        this.#tasks.get(event.task)?.redraw();
        break;
      case 'step_progress':
        this.#progress(event.host, event.message);
        break;
      case 'step_finished':
        this.#item(event);
        break;
      case 'task_finished':
        this.#end(event);
        break;
      case 'play_started':
        this.#settleOpen();
        this.#later(() => this.#print(['', banner(`PLAY [${event.name}]`, this.#options.width)]));
        break;
      case 'no_hosts':
      case 'no_more_hosts':
      case 'run_finished':
        this.#settleOpen();
        this.#later(() => this.#plain.handle(event));
        break;
      case 'host_stopped':
      case 'warning':
        this.#later(() => this.#plain.handle(event));
        break;
      default:
        break;
    }
  }

  async finish(): Promise<void> {
    this.#settleOpen();
    await this.#display;
    await this.#plain.finish();
  }

  #print(lines: readonly string[]): void {
    if (lines.length > 0) this.#options.stream.write(`${lines.join('\n')}\n`);
  }

  #later(show: () => void | Promise<void>): void {
    this.#display = this.#display.then(show);
  }

  #say(task: LiveTask, lines: readonly string[]): void {
    if (task.closed) this.#later(() => this.#print(lines));
    else task.lines.push(...lines);
  }

  #start(id: string, name: string): void {
    for (const task of this.#open) if (task.working.size === 0) task.settle();
    const task = liveTask(name);
    this.#tasks.set(id, task);
    this.#open = [...this.#open.filter((open) => open.working.size > 0), task];
    this.#later(async () => {
      await draw(task);
      task.closed = true;
      this.#print(task.lines);
    });
  }

  #progress(host: string, message: string): void {
    for (const task of this.#open) {
      if (!task.working.has(host)) continue;
      task.working.set(host, message);
      task.redraw();
    }
  }

  #item(event: Extract<StampedEvent, { type: 'step_finished' }>): void {
    const task = this.#tasks.get(event.task);
    if (!task || event.item === undefined) return;
    if (event.outcome === 'failed') task.failedItems.add(event.host);
    if (this.#worthALine(event)) {
      this.#say(task, itemLines(event, this.#options));
    }
  }

  #end(event: Extract<StampedEvent, { type: 'task_finished' }>): void {
    const task = this.#tasks.get(event.task);
    if (!task) return;
    task.working.delete(event.host);
    task.ended.set(event.outcome, (task.ended.get(event.outcome) ?? 0) + 1);
    if (this.#worthALine(event)) {
      this.#say(task, taskLines(event, task.failedItems.has(event.host), this.#options));
    }
    task.redraw();
  }

  #worthALine({ outcome, spoken, changes }: Pick<TaskFinished, 'outcome' | 'spoken' | 'changes'>): boolean {
    const failed = outcome === 'failed' || outcome === 'unreachable';
    return failed || spoken === true || this.#options.verbosity > 0 || (this.#options.diff && changes.length > 0);
  }

  #settleOpen(): void {
    for (const task of this.#open) task.settle();
    this.#open = [];
  }
}

const follow = async (task: LiveTask, wrapper: ListrTaskWrapper<unknown, never, never>): Promise<void> => {
  task.redraw = () => {
    wrapper.title = progressLine(task.name, task.ended, task.working);
  };
  task.redraw();
  await task.done;
  task.redraw();
  task.redraw = () => undefined;
  // Only marks the line; the failure itself is printed in full after it.
  if (task.ended.has('failed') || task.ended.has('unreachable')) throw new Error(task.name);
};

const draw = async (task: LiveTask): Promise<void> => {
  const { Listr: Display } = await import('listr2');
  const list: Listr = new Display([{ title: task.name, task: (_, wrapper) => follow(task, wrapper as never) }], {
    concurrent: false,
    exitOnError: false,
    registerSignalListeners: false,
    rendererOptions: { formatOutput: 'wrap', showErrorMessage: false },
  });
  await list.run();
};

/**
 * Live progress through listr2, which is loaded at the first task. Only for a real terminal: the caller falls back to
 * `plainRenderer` (see `wantsLiveDisplay`).
 */
export const ttyRenderer = (options: RendererOptions): Renderer => new TtyRenderer(options);

/** Whether a live display makes sense: a terminal that can move its cursor, and no CI log. */
export const wantsLiveDisplay = (
  isTerminal: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): boolean => isTerminal && environment['TERM'] !== 'dumb' && (environment['CI'] ?? '') === '';

/** Whether to colour: only on a terminal, never with NO_COLOR set to anything or a dumb one. */
export const wantsColour = (isTerminal: boolean, environment: Readonly<Record<string, string | undefined>>): boolean =>
  isTerminal && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
