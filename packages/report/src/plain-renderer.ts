import { basename } from 'node:path';
import type { StampedEvent } from '@ratchet/core';
import { paint } from './paint.js';
import { banner, recapLines } from './recap-lines.js';
import type { Renderer, RendererOptions } from './renderer.js';
import { includedLines, itemLines, retryLine, taskLines } from './result-lines.js';
import { visible, visibleLine } from './visible.js';

interface TaskName {
  readonly name: string;
  readonly handler: boolean;
}

interface Begun {
  readonly path: string;
  readonly plays: number;
  /** The number of its first play in the run. */
  readonly first: number;
}

const begunBy = ({ playbooks, plays = [] }: Extract<StampedEvent, { type: 'run_started' }>): readonly Begun[] =>
  playbooks.map((path, index) => ({
    path,
    plays: plays[index] ?? 0,
    first: plays.slice(0, index).reduce((sum, count) => sum + count, 0),
  }));

/**
 * Plain lines in the look of Ansible's default output, for pipes, files and dumb terminals. A task's banner is written
 * when its first result comes, and again when results of tasks interleave, so that every line stands under its task.
 */
class PlainRenderer implements Renderer {
  readonly #options: RendererOptions;
  readonly #tasks = new Map<string, TaskName>();
  readonly #failedItems = new Set<string>();
  #shownTask: string | undefined;
  #shownPlay: number | undefined;
  #playbooks: readonly Begun[] = [];

  constructor(options: RendererOptions) {
    this.#options = options;
  }

  handle(event: StampedEvent): void {
    switch (event.type) {
      case 'run_started':
        this.#playbooks = begunBy(event);
        break;
      case 'play_started':
        this.#play(event.play, event.name);
        break;
      case 'no_hosts':
        this.#noHosts(event.play, event.pattern);
        break;
      case 'task_started':
        this.#tasks.set(event.task, event);
        if (this.#shownTask === event.task) this.#shownTask = undefined;
        break;
      case 'included':
        this.#included(event);
        break;
      case 'step_progress':
        this.#progress(event);
        break;
      case 'step_retrying':
        this.#retry(event);
        break;
      case 'step_finished':
        this.#item(event);
        break;
      case 'task_finished':
        this.#task(event);
        break;
      case 'warning':
        this.#warn(event);
        break;
      case 'host_stopped':
        this.#stopped(event);
        break;
      case 'no_more_hosts':
        this.#banner('NO MORE HOSTS LEFT');
        break;
      case 'run_finished':
        this.#print(recapLines(event, this.#options.width, this.#options.colour, this.#options.customStats));
        break;
      default:
        break;
    }
  }

  async finish(): Promise<void> {
    this.#shownTask = undefined;
  }

  #print(lines: readonly string[]): void {
    if (lines.length > 0) this.#options.stream.write(`${lines.join('\n')}\n`);
  }

  #banner(text: string): void {
    this.#shownTask = undefined;
    this.#print(['', banner(text, this.#options.width)]);
  }

  #stopped({ host, failure }: Extract<StampedEvent, { readonly type: 'host_stopped' }>): void {
    const hint = failure.hint ? `\n  hint: ${failure.hint}` : '';
    this.#print([paint(visible(`stopped: [${host}]: ${failure.message}${hint}`), 'red', this.#options.colour)]);
  }

  #play(play: number, name: string): void {
    this.#shownPlay = play;
    this.#playbook(play);
    this.#banner(`PLAY [${name}]`);
  }

  // As Ansible under -vv: which playbook begins, by its first play.
  #playbook(play: number): void {
    const begun = this.#options.verbosity < 2 ? undefined : this.#playbooks.find(({ first }) => first === play);
    if (!begun) return;
    this.#banner(visibleLine(`PLAYBOOK: ${basename(begun.path)}`));
    this.#print([visibleLine(`${begun.plays} plays in ${begun.path}`)]);
  }

  #noHosts(play: number, pattern: string): void {
    if (this.#shownPlay !== play) this.#play(play, pattern);
    this.#print([paint('skipping: no hosts matched', 'cyan', this.#options.colour)]);
  }

  #under(task: string, name: string): void {
    if (this.#shownTask === task) return;
    const known = this.#tasks.get(task);
    this.#banner(`${known?.handler ? 'RUNNING HANDLER' : 'TASK'} [${known?.name ?? name}]`);
    this.#shownTask = task;
  }

  #included(event: Extract<StampedEvent, { type: 'included' }>): void {
    this.#under(event.task, event.task);
    this.#print(includedLines(event, this.#options));
  }

  #progress(event: Extract<StampedEvent, { type: 'step_progress' }>): void {
    if (this.#options.verbosity < 1) return;
    this.#print([visible(`... [${visibleLine(event.host)}]: ${event.message}`)]);
  }

  #retry(event: Extract<StampedEvent, { type: 'step_retrying' }>): void {
    this.#under(event.task, event.name);
    this.#print([paint(retryLine(event), 'cyan', this.#options.colour)]);
  }

  #item(event: Extract<StampedEvent, { type: 'step_finished' }>): void {
    const lines = itemLines(event, this.#options);
    if (lines.length === 0) return;
    if (event.outcome === 'failed') this.#failedItems.add(`${event.task}\n${event.host}`);
    this.#under(event.task, event.task);
    this.#print(lines);
  }

  #task(event: Extract<StampedEvent, { type: 'task_finished' }>): void {
    const told = this.#failedItems.delete(`${event.task}\n${event.host}`) && event.outcome === 'failed';
    const lines = taskLines(event, told, this.#options);
    if (lines.length === 0) return;
    this.#under(event.task, event.name);
    this.#print(lines);
  }

  #warn(event: Extract<StampedEvent, { type: 'warning' }>): void {
    const text = visible(`[WARNING]: ${event.host ? `${event.host}: ` : ''}${event.message}`);
    this.#options.errorStream.write(`${paint(text, 'magenta', this.#options.colour)}\n`);
  }
}

/** Plain lines in the look of Ansible's default output. */
export const plainRenderer = (options: RendererOptions): Renderer => new PlainRenderer(options);
