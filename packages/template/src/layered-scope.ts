import type { Dict, Value } from '@ratchet/core';
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

/** A scope with variables of its own before those of another one; a null is a value. */
export const scopeOver = (own: ReadonlyMap<Value, Value>, scope: Scope): Scope => ({
  get: (name) => (own.has(name) ? own.get(name) : scope.get(name)),
  names: () => [...[...own.keys()].map(String), ...scope.names()],
});
