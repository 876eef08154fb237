export * from './catalogue.js';
export { moduleReference } from './module-reference.js';
export { plannedState } from './planned-state.js';
export { nothingLeftAlone, takeBack } from './take-back.js';
export { type TakeBackTargets, takeBackTargets, type Withheld } from './take-back-targets.js';
