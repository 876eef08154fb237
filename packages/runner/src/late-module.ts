import { didYouMean, type Module, sourceError } from '@ratchet/core';
import type { Action } from '@ratchet/playbook';
import type { Templar } from '@ratchet/template';
import type { PlayContext } from './contexts.js';

/** The module that a template names. Throws as the template does, and `module-unknown`. */
export const lateModule = (
  play: PlayContext,
  action: Extract<Action, { kind: 'late' }>,
  templar: Templar,
): { readonly name: string; readonly module: Module } => {
  const { catalogue } = play.run.options;
  const name = String(templar.finish(action.module));
  const module =
    catalogue.find(name) ??
    catalogue.find(name.replace(/^(?:ansible\.(?:builtin|legacy|windows)|community\.windows)\./, ''));
  if (module) return { name, module };
  throw sourceError('module-unknown', `There is no module "${name}".`, action.module.position, {
    hint: didYouMean(name, catalogue.names()),
  });
};
