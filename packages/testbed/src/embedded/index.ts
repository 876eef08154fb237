export * from './faults.js';
export { MemoryFiles } from './file-system.js';
export { type EmbeddedHost, type EmbeddedOptions, startEmbeddedHost } from './host.js';
export type { LogEntry as EmbeddedLogEntry } from './machine.js';
export { MemoryRegistry } from './memory-registry.js';
