import {
  type Dict,
  didYouMean,
  type Module,
  type Plain,
  RatchetError,
  sourceError,
  Template,
  toPlain,
  type Value,
} from '@ratchet/core';
import { type Params, type Task, withDefaults } from '@ratchet/playbook';
import type { Templar } from '@ratchet/template';
import type { PlayContext } from './contexts.js';
import { type Delegate, delegateOf } from './delegate.js';
import type { HostState } from './host-state.js';
import { tellKeywords } from './keyword-values.js';
import { lateModule } from './late-module.js';
import { notReady } from './not-ready.js';
import { type StepResult, skippedResult } from './results.js';
import { stepId } from './step-id.js';
import { taskTemplar } from './task-scope.js';
import { flag } from './told-keyword.js';
import { PendingVariable } from './variables.js';

/** One loop item of a task (or the task itself) with its variables. */
export interface Item {
  readonly index: number;
  readonly value?: Value;
  readonly own: Dict;
}

/** A step that is ready: either decided already (skipped, or its parameters are wrong), or a module with parsed parameters. */
export interface PlannedItem {
  readonly item: Item;
  readonly step: string;
  readonly templar: Templar;
  readonly label?: string;
  readonly decided?: StepResult;
  readonly module?: Module;
  readonly params?: unknown;
  readonly checkMode: boolean;
  /** Aborts when the task's `timeout` is over. */
  readonly cut?: AbortSignal;
  /** A later attempt of an `until` loop: what the journal says of the step was for an earlier one. */
  readonly retried?: boolean;
  /** Ended by an earlier run of this journal: nothing of it is told or journalled again. */
  readonly replayed?: boolean;
  /** Its result is not in the journal. */
  readonly withheld?: boolean;
  /** Who does it, where that is not the host itself (`delegate_to`). */
  readonly delegate?: Delegate;
}

/** Parameters under their own names: aliases resolved; the same parameter under two names is an error. */
const resolveAliases = (
  module: Module,
  given: Readonly<Record<string, Plain>>,
  task: Task,
): Readonly<Record<string, Plain>> => {
  const canonical = new Map<string, string>();
  for (const [name, info] of Object.entries(module.parameters)) {
    canonical.set(name, name);
    for (const alias of info.aliases ?? []) canonical.set(alias, name);
  }
  const resolved: Record<string, Plain> = {};
  const writtenAs = new Map<string, string>();
  for (const [name, value] of Object.entries(given)) {
    const target = canonical.get(name) ?? name;
    const before = writtenAs.get(target);
    if (before !== undefined) {
      throw sourceError(
        'param-invalid',
        `${module.name}: ${before} and ${name} are the same parameter`,
        task.paramPositions.get(name) ?? task.position,
      );
    }
    writtenAs.set(target, name);
    resolved[target] = value;
  }
  return resolved;
};

const parseParams = (module: Module, given: Readonly<Record<string, Plain>>, task: Task): unknown => {
  const words = given[''];
  if (words !== undefined)
    throw sourceError(
      'param-invalid',
      `${module.name} got an invalid or malformed argument: '${String(words)}' has no name.`,
      task.paramPositions.get('') ?? task.position,
      { hint: 'Write parameters as "name: value".' },
    );
  const resolved = resolveAliases(module, given, task);
  const parsed = module.params.safeParse(resolved);
  if (parsed.success) return parsed.data;
  const lacking = Object.keys(module.parameters).find(
    (one) => module.parameters[one]?.required === true && resolved[one] === undefined,
  );
  if (lacking !== undefined)
    throw sourceError('param-invalid', `${module.name} needs the parameter "${lacking}".`, task.position);
  const [issue] = parsed.error.issues;
  const name = issue?.path[0];
  const position = (typeof name === 'string' && task.paramPositions.get(name)) || task.position;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  throw sourceError(
    'param-invalid',
    `${module.name}: ${issue?.path.length ? `${issue.path.join('.')}: ` : ''}${issue?.message ?? 'wrong parameters'}`,
    position,
    {
      hint: unknown === undefined ? undefined : didYouMean(unknown, Object.keys(module.parameters)),
    },
  );
};

// Where any name is welcome, a name can be a template (`set_fact: { "{{ name }}": 5 }`).
const withNames = (templar: Templar, module: Module, task: Task): Value => {
  const { params } = task;
  if (module.openParameters !== true || !(params instanceof Map)) return params;
  const finished = (name: Value): Value =>
    typeof name === 'string' && name.includes('{{')
      ? templar.finish(new Template(name, task.paramPositions.get(name) ?? task.position))
      : name;
  return new Map([...params].map(([name, value]) => [finished(name), value]));
};

const NOWHERE: Task['paramPositions'] = new Map();
const NO_PARAMS: Params = { value: new Map(), positions: NOWHERE };

const asMapping = (value: Value, task: Task): Dict => {
  if (value === null) return new Map();
  if (!(value instanceof Map))
    throw sourceError('param-invalid', 'the parameters of a module are a mapping', task.position);
  return value;
};

const finishedParams = (templar: Templar, module: Module, task: Task): Readonly<Record<string, Plain>> => {
  const layers = [withNames(templar, module, task), ...(task.paramsBelow ?? [])].map((value) => ({
    value: asMapping(templar.finish(value), task),
    positions: NOWHERE,
  }));
  const { value } = layers.reduce((own, lower) => withDefaults(own, lower, module), NO_PARAMS);
  return toPlain(value) as Record<string, Plain>;
};

const conditionsHold = (templar: Templar, task: Task): boolean =>
  task.when.every((condition) => templar.condition(condition.value, condition.position));

/** How a loop item is shown; undefined without a loop. */
export const labelOf = (templar: Templar, task: Task, item: Item): string | undefined => {
  if (item.value === undefined) return undefined;
  const shown = task.loopControl.label === undefined ? item.value : templar.finish(task.loopControl.label);
  return typeof shown === 'string'
    ? shown
    : JSON.stringify(toPlain(shown), (_, part) => (typeof part === 'bigint' ? part.toString() : part));
};

/**
 * Decides one item: its conditions, its parameters. What is wrong with them is a decided failure, not an exception;
 * only PendingVariable passes through.
 */
export const planItem = (play: PlayContext, host: HostState, task: Task, item: Item): PlannedItem => {
  const templar = taskTemplar(play, host, task, item.own);
  const base = { item, step: stepId(play, task, item, host.name), templar, checkMode: play.run.options.check };
  try {
    if (!conditionsHold(templar, task))
      return { ...base, ...labelled(templar, task, item), decided: skippedResult('Conditional result was False') };
    tellKeywords(templar, task);
    if (task.action.kind === 'late') lateModule(play, task.action, templar);
    if (task.action.kind !== 'module') throw new RatchetError('internal', `${task.action.name} is not a step`);
    const { module } = task.action;
    const delegate = delegateOf(play, task, templar);
    const params = parseParams(module, finishedParams(templar, module, task), task);
    return {
      ...base,
      ...labelled(templar, task, item),
      module,
      params,
      ...(delegate ? { delegate } : {}),
      checkMode: flag(templar, task.checkMode, base.checkMode),
    };
  } catch (thrown) {
    if (thrown instanceof PendingVariable) throw thrown;
    return { ...base, decided: notReady(thrown, task) };
  }
};

const labelled = (templar: Templar, task: Task, item: Item): { readonly label?: string } => {
  const label = labelOf(templar, task, item);
  return label === undefined ? {} : { label };
};
