import type { Dict } from '@ratchet/core';
import type { Scope } from './engine.js';

/** A scope over layers of variables, the strongest first. */
export const layeredScope = (layers: readonly Dict[]): Scope => ({
  get: (name) => {
    for (const layer of layers) {
      const value = layer.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  },
  names: () => {
    const names = new Set<string>();
    for (const layer of layers) for (const key of layer.keys()) if (typeof key === 'string') names.add(key);
    return names;
  },
});
