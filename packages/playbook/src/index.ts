export type { Block } from './block.js';
export { asFlag } from './fields.js';
export { findVarsFile } from './find-file.js';
export { pairValue, splitWords } from './free-form.js';
export type { Include, Included, IncludeLoader, IncludeRole, IncludeTasks, IncludeUse, RolePart } from './include.js';
export { loadPlaybook, loadPlaybookText } from './load-playbook.js';
export { type Params, withDefaults } from './params.js';
export type { Play, Playbook, Section } from './play.js';
export { reservedNameWarnings } from './reserved-names.js';
export type { PlayRole, RoleContext } from './role.js';
export type { LoadOptions } from './session.js';
export { tagsSelect } from './tag-selection.js';
export {
  type Action,
  type Async,
  type Condition,
  type Flag,
  type Inherited,
  KeywordTemplate,
  type Loop,
  type LoopControl,
  type MetaCommand,
  type Placed,
  type Task,
  type TaskNode,
  type Until,
} from './task.js';
export { readVarsFile } from './vars-file.js';
export type { VarsPrompt } from './vars-prompt.js';
