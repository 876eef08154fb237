export { type History, historyOf, type RecordedStep } from './history.js';
export type { HostPort } from './host-state.js';
export { type RecordedIntent, recordedIntents } from './intents.js';
export { findRun, isUnfinished, lastEnd, type PastRun, pastRun, pruneRuns, runFolders } from './past-runs.js';
export { type RecordedRun, readJournal } from './read-journal.js';
export { newRunId, runPlaybooks } from './run.js';
export type { ResumeOptions, RunOptions, RunSummary } from './run-options.js';
export { hashOfData } from './withhold.js';
