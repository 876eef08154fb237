export { type AdhocLook, adhocRenderer } from './adhoc-renderer.js';
export { jsonRenderer, ndjsonRenderer } from './json-renderer.js';
export { plainRenderer } from './plain-renderer.js';
export type { Output, Renderer, RendererOptions } from './renderer.js';
export { STACK_VERBOSITY } from './result-lines.js';
export { ttyRenderer, wantsColour, wantsLiveDisplay } from './tty-renderer.js';
export { visible } from './visible.js';
