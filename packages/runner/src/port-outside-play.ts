import { isSecretName, type Plain, toPlain } from '@ratchet/core';
import { layeredScope, Templar } from '@ratchet/template';
import { CONNECTION } from './host-port.js';
import type { HostPort } from './host-state.js';
import { hostMagic, magicDict } from './run-magic.js';
import type { RunOptions } from './run-options.js';

/** A host's port as the inventory and `-e` say it, for work that belongs to no play. Throws as templating does. */
export const portOutsidePlay = (
  options: Pick<RunOptions, 'inventory' | 'extraVars' | 'connect' | 'secrets'>,
  host: string,
  folder: string,
): HostPort => {
  const { inventory, extraVars, connect, secrets } = options;
  const scope = layeredScope([
    magicDict(hostMagic({ options: { inventory } }, host)),
    extraVars,
    inventory.varsOf(host),
  ]);
  const templar = new Templar(scope);
  const vars: Record<string, Plain> = {};
  for (const name of new Set(scope.names())) {
    const value = CONNECTION.test(name) ? scope.get(name) : undefined;
    if (value === undefined) continue;
    const plain = toPlain(templar.finish(value));
    vars[name] = plain;
    if (isSecretName(name) && typeof plain === 'string') secrets.add(plain);
  }
  return connect(host, vars, folder);
};
