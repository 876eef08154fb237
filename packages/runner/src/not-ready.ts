import type { Task } from '@ratchet/playbook';
import { failedResult, type StepResult, unknownResult } from './results.js';
import { readyingError } from './undecided.js';
import { UnknownVariable, WithheldVariable } from './variables.js';

/** What a plan says where a variable is asked for that only a real run gives. */
export const whyUnknown = ({ variable }: UnknownVariable): string =>
  `known only once "${variable}" is registered by a run`;

/** What came of a step that could not be made ready: in a plan it may hang on what only a real run gives; otherwise it failed. */
export const notReady = (thrown: unknown, task: Task): StepResult =>
  thrown instanceof UnknownVariable
    ? unknownResult(whyUnknown(thrown))
    : failedResult(readyingError(thrown).at({ at: 'source', position: task.position }));

/** Whether a step asked for a result that nobody knows: one that only a run gives (in a plan), or one that the journal withholds. */
export const isNotReady = (thrown: unknown): boolean =>
  thrown instanceof UnknownVariable || thrown instanceof WithheldVariable;
