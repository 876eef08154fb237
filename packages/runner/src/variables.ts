import type { Scope } from '@ratchet/template';

/** Thrown by a scope when a variable is asked for that an unfinished batch will register. The runner alone catches it. */
export class PendingVariable extends Error {
  override readonly name = 'PendingVariable';
  readonly variable: string;
  constructor(variable: string) {
    super(`the variable ${variable} is not known yet`);
    this.variable = variable;
  }
}

/** Thrown by a scope, in a plan, when a registered result is asked for that only a real run gives. The runner alone catches it. */
export class UnknownVariable extends Error {
  override readonly name = 'UnknownVariable';
  readonly variable: string;
  constructor(variable: string) {
    super(`the result ${variable} is known only once its task has run`);
    this.variable = variable;
  }
}

/** Thrown by a scope when a registered result is asked for that the journal withholds. The runner alone catches it. */
export class WithheldVariable extends Error {
  override readonly name = 'WithheldVariable';
  readonly variable: string;
  readonly step: string;
  constructor(variable: string, step: string) {
    super(`the result ${variable} is withheld`);
    this.variable = variable;
    this.step = step;
  }
}

/** A scope in which `pending` names cannot be read yet: asking for one throws PendingVariable, whatever filter stands behind it. */
export const pendingScope = (scope: Scope, pending: ReadonlySet<string>): Scope => ({
  get: (name) => {
    if (pending.has(name)) throw new PendingVariable(name);
    return scope.get(name);
  },
  names: () => scope.names(),
});
