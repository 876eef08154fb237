import { Template, type Value } from '@ratchet/core';
import { type Node, nodeToValue } from '@ratchet/source';
import { loopFields, loopKind } from './action.js';
import { type Field, Fields, isEmpty } from './fields.js';
import { LOOPS } from './keywords.js';
import type { Async, Loop, LoopControl, Until } from './task.js';
import { checkValue } from './template-check.js';

const LOOP_CONTROL = ['loop_var', 'index_var', 'label', 'pause', 'extended', 'extended_allitems'];

/** The loop of a task; reports two loops and those that are not supported. */
export const readLoop = (fields: Fields): Loop | undefined => {
  for (const { name, node, position } of loopFields(fields))
    if (name !== 'loop' && isEmpty(node))
      fields.findings.report(
        'playbook-invalid',
        `${name} needs a value.`,
        position,
        'Give it [] to loop over nothing.',
      );
  // A null is no loop; a list without items is one.
  const [first, second] = loopFields(fields).filter(({ node }) => !isEmpty(node));
  if (!first) return undefined;
  if (second)
    fields.findings.report(
      'playbook-invalid',
      `This task has two loops: ${first.name} and ${second.name}.`,
      second.position,
    );
  const kind = loopKind(first.name);
  if (!kind) {
    const hint = `Supported are loop, ${LOOPS.map((name) => `with_${name}`).join(', ')}.`;
    fields.findings.report('not-supported', `The loop "${first.name}" is not supported.`, first.position, hint);
    return undefined;
  }
  return { kind, value: loopValue(first, fields), position: first.node.position };
};

const loopValue = (field: Field, fields: Fields): Value => {
  const value = nodeToValue(field.node);
  checkValue(value, fields.findings);
  const plain = value !== null && typeof value !== 'object';
  if (field.name === 'loop' && (plain || value instanceof Map)) fields.wrong('loop', 'a list or a template');
  return value;
};

const loopVarOf = (control: Fields): string | Template | undefined => {
  const written = control.value('loop_var');
  return written instanceof Template ? written : control.identifier('loop_var');
};

/** `loop_control`. */
export const readLoopControl = (fields: Fields): LoopControl => {
  const node = fields.field('loop_control')?.node;
  if (!node) return { loopVar: 'item' };
  if (node.kind !== 'map') {
    fields.wrong('loop_control', 'a mapping');
    return { loopVar: 'item' };
  }
  const control = new Fields(node, fields.findings);
  for (const { name, position } of control.all())
    if (!LOOP_CONTROL.includes(name))
      fields.findings.reportUnknown('keyword-unknown', `loop_control has no "${name}".`, position, name, LOOP_CONTROL);
  const indexVar = control.identifier('index_var');
  const label = control.value('label');
  const pause = control.number('pause');
  const extended = control.flag('extended');
  const allItems = control.flag('extended_allitems');
  return {
    loopVar: loopVarOf(control) ?? 'item',
    ...(indexVar === undefined ? {} : { indexVar }),
    ...(label === undefined ? {} : { label }),
    ...(pause === undefined ? {} : { pause }),
    ...(extended === undefined ? {} : { extended }),
    ...(allItems === undefined ? {} : { allItems }),
  };
};

/** `until` with `retries` and `delay`. */
export const readUntil = (fields: Fields): Until | undefined =>
  fields.has('until')
    ? {
        conditions: fields.conditions('until'),
        retries: fields.number('retries') ?? 3,
        delay: fields.number('delay') ?? 5,
      }
    : undefined;

const isZero = (value: Value | undefined): boolean =>
  value === 0 || value === false || (typeof value === 'string' && Number(value) === 0);

const DEFAULT_POLL = 15;

/** `async` with `poll`; undefined where the task is a usual one. Reports a task that would not be waited for. */
export const readAsync = (fields: Fields): Async | undefined => {
  const seconds = fields.value('async') ?? null;
  const poll = fields.value('poll') ?? DEFAULT_POLL;
  for (const [name, value] of [
    ['async', seconds],
    ['poll', poll],
  ] as const)
    if (!(value === null || value instanceof Template || /^\d+$/.test(String(value))))
      fields.wrong(name, 'a whole number of seconds');
  if (seconds === null || isZero(seconds)) return undefined;
  if (isZero(poll))
    fields.findings.report(
      'not-supported',
      'poll: 0 is not supported: nobody would wait for this task.',
      fields.place('poll'),
      'Give a poll above 0: the task is then waited for, as long as async says.',
    );
  return { seconds, poll };
};

/** The items of a list keyword; an empty value is an empty list, anything else is reported. */
export const listItems = (node: Node | undefined, what: string, fields: Fields): readonly Node[] => {
  if (!node || (node.kind === 'scalar' && node.value === null)) return [];
  if (node.kind === 'list') return node.items;
  fields.findings.report('playbook-invalid', `${what} must be a list.`, node.position, 'Start each item with "- ".');
  return [];
};
