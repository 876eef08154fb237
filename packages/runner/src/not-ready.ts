import type { Task } from '@ratchet/playbook';
import { failedResult, type StepResult, unknownResult } from './results.js';
import { readyingError } from './undecided.js';
import { UnknownVariable } from './variables.js';

/** What came of a step that could not be made ready: in a plan it may hang on what only a real run gives; otherwise it failed. */
export const notReady = (thrown: unknown, task: Task): StepResult =>
  thrown instanceof UnknownVariable
    ? unknownResult(`known only once "${thrown.variable}" is registered by a run`)
    : failedResult(readyingError(thrown).at({ at: 'source', position: task.position }));
