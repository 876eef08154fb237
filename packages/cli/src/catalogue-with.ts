import type { Module, ModuleCatalogue } from '@ratchet/core';

/** A catalogue with further modules of the program's own, made for one command. */
export const withModules = (catalogue: ModuleCatalogue, modules: readonly Module[]): ModuleCatalogue => ({
  find: (name) => modules.find((module) => module.name === name) ?? catalogue.find(name),
  names: () => [...catalogue.names(), ...modules.map((module) => module.name)],
});
