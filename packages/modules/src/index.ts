export * from './catalogue.js';
export { nothingLeftAlone, takeBack } from './take-back.js';
export { type TakeBackTargets, takeBackTargets, type Withheld } from './take-back-targets.js';
