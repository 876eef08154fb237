export type { HostPort } from './host-state.js';
export { newRunId, runPlaybooks } from './run.js';
export type { RunOptions, RunSummary } from './run-options.js';
export { tagsSelect } from './tag-selection.js';
