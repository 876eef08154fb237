import { type Filter, ofValue } from './filter.js';
import { searchValue } from './jmespath.js';
import { str } from './python-text.js';

/** The filter of `community.general` that people use. */
export const queryFilters: readonly (readonly [string, Filter])[] = [
  ['json_query', ofValue((value, args, engine) => searchValue(str(args.need(0, 'expr')), value, () => engine.step()))],
];
