import type { StampedEvent } from '@ratchet/core';

/** The name of a step's task, and of its loop item, as the run showed them. */
export interface StepName {
  readonly name?: string;
  readonly item?: string;
  /** Where it was done, if not on the host itself (`delegate_to`). */
  readonly delegate?: string;
}

/** The names of the steps that a journal tells of. */
export const stepNames = (events: readonly StampedEvent[]): ReadonlyMap<string, StepName> => {
  const tasks = new Map<string, string>();
  const names = new Map<string, StepName>();
  for (const event of events) {
    if (event.type === 'task_started') tasks.set(event.task, event.name);
    if (event.type !== 'step_started' && event.type !== 'step_finished') continue;
    const name = tasks.get(event.task);
    const { item } = event;
    const delegate = event.type === 'step_finished' ? event.delegate : undefined;
    names.set(event.step, {
      ...(name === undefined ? {} : { name }),
      ...(item === undefined ? {} : { item }),
      ...(delegate === undefined ? {} : { delegate }),
    });
  }
  return names;
};

/** A step's name in words; none for a step that the journal does not name. */
export const stepName = ({ name, item, delegate }: StepName): readonly string[] =>
  name === undefined
    ? []
    : [`${name}${item === undefined ? '' : ` (item=${item})`}${delegate === undefined ? '' : ` -> ${delegate}`}`];
