export type { Block } from './block.js';
export type { Play, Playbook, Section } from './play.js';
export type { RoleContext } from './role.js';
export type {
  Action,
  Condition,
  Flag,
  Inherited,
  Loop,
  LoopControl,
  MetaCommand,
  Placed,
  Task,
  TaskNode,
  Until,
} from './task.js';
