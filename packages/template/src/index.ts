export type { Engine, Lookup, Scope, TemplarOptions } from './engine.js';
export { OMIT } from './item.js';
export { checkExpression, checkTemplate } from './parse-cache.js';
export { equals, truthy, typeName } from './python.js';
export { repr, str } from './python-text.js';
export { findOnPath, searchPlaces } from './search.js';
export { Templar } from './templar.js';
