import {
  type Change,
  type Dict,
  type Failure,
  fromPlain,
  type Outcome,
  type Position,
  placeName,
  type RatchetError,
  showChange,
  showPosition,
  stackOf,
  type Value,
} from '@ratchet/core';

/** What one step gave: the outcome and the fields of the registered result. */
export interface StepResult {
  readonly outcome: Outcome;
  readonly changes: readonly Change[];
  readonly values: Readonly<Record<string, unknown>>;
  readonly failure?: RatchetError;
  readonly facts?: Readonly<Record<string, unknown>>;
  /** In a plan: why nobody can say what the step will do. */
  readonly unknown?: string;
  /** Ended by an error that no `ignore_errors` of the task turned into "ignored". */
  readonly ignored?: boolean;
}

/** A step that was not begun: its condition did not hold. Unlike one that its module skipped, it says nothing of having failed. */
export const skippedResult = (reason: string): StepResult => ({
  outcome: 'skipped',
  changes: [],
  values: { changed: false, skipped: true, skip_reason: reason },
});

/** A step whose module left its work. */
export const skippedByModule = (reason: string): StepResult => {
  const { values, ...skipped } = skippedResult(reason);
  return { ...skipped, values: { ...values, failed: false } };
};

const isUnreachable = ({ code }: RatchetError): boolean =>
  code === 'unreachable' || code === 'host-key' || code === 'auth';

/** A step of a plan of which nobody can say what it will do. */
export const unknownResult = (why: string): StepResult => ({ ...skippedResult(why), unknown: why });

/** A failed (or unreachable) step from its error. */
export const failedResult = (
  failure: RatchetError,
  values: Readonly<Record<string, unknown>> = {},
  changes: readonly Change[] = [],
): StepResult => {
  const unreachable = isUnreachable(failure);
  return {
    outcome: unreachable ? 'unreachable' : 'failed',
    changes,
    failure,
    values: {
      changed: false,
      ...values,
      // A message that is a list or a dict stays one.
      msg: typeof values['msg'] === 'object' ? (values['msg'] ?? failure.message) : failure.message,
      failed: !unreachable,
      ...(unreachable ? { unreachable: true } : {}),
    },
  };
};

/**
 * The failure as events carry it, with the place in the playbook: its own, or that of the task at which a reached host failed
 * (no line of a playbook is to blame for a host that is not there).
 */
export const failureOf = (error: RatchetError, task: Position | undefined): Failure => {
  const own = error.place?.at === 'source' ? error.place.position : undefined;
  const position = own ?? (isUnreachable(error) ? undefined : task);
  return {
    code: error.code,
    message: error.message,
    ...(error.hint ? { hint: error.hint } : {}),
    ...(position ? { place: placeName(position), excerpt: showPosition(position) } : {}),
    ...(error.code === 'internal' ? { stack: stackOf(error.cause ?? error) } : {}),
  };
};

/** Whether a step changed something, be it that it failed then. */
export const hasChanged = ({ outcome, values }: StepResult): boolean =>
  outcome === 'changed' || (outcome === 'failed' && values['changed'] === true);

/** What `register` stores: plain data from the host, never a template. */
export const registered = (result: StepResult): Dict => {
  const values: Record<string, unknown> = {
    changed: result.outcome === 'changed',
    ...(result.outcome === 'skipped' ? {} : { failed: result.outcome === 'failed' }),
    ...result.values,
  };
  if (typeof values['stdout'] === 'string' && values['stdout_lines'] === undefined)
    values['stdout_lines'] = values['stdout'].split(/\r?\n/);
  if (result.changes.length > 0) values['changes'] = result.changes.map(showChange);
  return fromPlain(values) as Map<Value, Value>;
};

/** What `register` stores for a task with a loop, as Ansible shapes it. `own`: the variables of each item's loop. */
export const registeredLoop = (items: readonly { readonly own: Dict; readonly result: StepResult }[]): Dict => {
  const results = items.map(({ own, result }) => new Map([...registered(result), ...own]));
  const failed = items.some(({ result }) => result.failure !== undefined);
  const skipped = items.every(({ result }) => result.outcome === 'skipped');
  const whole: [string, Value][] = [
    ['results', results],
    ['changed', items.some(({ result }) => hasChanged(result))],
    ...(failed ? [['failed', true] as [string, Value]] : []),
    ['skipped', skipped],
  ];
  if (items.length === 0) whole.push(['skipped_reason', 'No items in the list']);
  else whole.push(['msg', failed ? 'One or more items failed' : skipped ? 'All items skipped' : 'All items completed']);
  return new Map<Value, Value>(whole);
};
