export type { GroupNames } from './group-names.js';
export type { Group, Host } from './host.js';
export { Inventory } from './inventory.js';
export { type InventoryOptions, inventoryOfText, loadInventory } from './load-inventory.js';
export { readLimit } from './pattern.js';
