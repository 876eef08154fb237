import type { Position } from './position.js';
import { showPosition } from './position.js';

/** Every reason for which Ratchet stops or fails a step. The union is closed: a new reason is a new member and a line in `exit-code.ts`. */
export type ErrorCode =
  | 'file-not-found'
  | 'file-unreadable'
  | 'yaml-syntax'
  | 'yaml-duplicate-key'
  | 'inventory-invalid'
  | 'no-hosts'
  | 'limit-invalid'
  | 'vault'
  | 'playbook-invalid'
  | 'keyword-unknown'
  | 'module-unknown'
  | 'param-invalid'
  | 'not-supported'
  | 'role-not-found'
  | 'handler-not-found'
  | 'template-syntax'
  | 'template-error'
  | 'undefined-variable'
  | 'variable-loop'
  | 'option-invalid'
  | 'usage'
  | 'unreachable'
  | 'host-key'
  | 'auth'
  | 'timeout'
  | 'command-failed'
  | 'host-output'
  | 'access-denied'
  | 'not-elevated'
  | 'did-not-stick'
  | 'assertion-failed'
  | 'task-failed'
  | 'guard-refused'
  | 'before-moved'
  | 'plan-altered'
  | 'host-locked'
  | 'resume-undecided'
  | 'changed-since'
  | 'journal-damaged'
  | 'journal-write'
  | 'interrupted'
  | 'internal';

/** Where something went wrong: in a text a person wrote, or at a step on a host. */
export type Place =
  | { readonly at: 'source'; readonly position: Position }
  | { readonly at: 'host'; readonly host: string; readonly step?: string };

export interface RatchetErrorOptions {
  /** What to do next, one sentence, shown after the message. */
  readonly hint?: string | undefined;
  readonly place?: Place | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/** The one error class: what (`message`), why (`cause`), where (`place`), what to do (`hint`). */
export class RatchetError extends Error {
  override readonly name = 'RatchetError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly place: Place | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: RatchetErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.place = options.place;
    this.details = options.details ?? {};
  }

  /** The same error with a place, unless it already has one. */
  at(place: Place): RatchetError {
    if (this.place) return this;
    return new RatchetError(this.code, this.message, {
      hint: this.hint,
      place,
      details: this.details,
      cause: this.cause,
    });
  }
}

/** An error at a position of a source text. */
export const sourceError = (
  code: ErrorCode,
  message: string,
  position: Position,
  options: Omit<RatchetErrorOptions, 'place'> = {},
): RatchetError => new RatchetError(code, message, { ...options, place: { at: 'source', position } });

/** Any thrown thing as a RatchetError; what is not one is our bug (`internal`). */
export const toRatchetError = (thrown: unknown): RatchetError => {
  if (thrown instanceof RatchetError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new RatchetError('internal', message, {
    cause: thrown,
    hint: 'This is a fault of Ratchet; run again with -vvv and report what it prints.',
  });
};

/** The stack of an error and of what caused it, for whoever mends the program. */
export const stackOf = (error: unknown): string => {
  const lines: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) lines.push(at.stack ?? at.message);
  return lines.join('\ncaused by: ');
};

/** Several errors found in one go (static checks), in the order in which they were found. */
export class RatchetErrors extends Error {
  override readonly name = 'RatchetErrors';
  readonly errors: readonly RatchetError[];
  constructor(errors: readonly RatchetError[]) {
    super(errors.map((error) => error.message).join('\n'));
    this.errors = errors;
  }
}

/** The error as a person reads it: message, place with the line and a caret, hint. */
export const showError = (error: RatchetError): string => {
  const lines = [`ERROR! ${error.message}`];
  if (error.place?.at === 'source') lines.push(showPosition(error.place.position));
  if (error.place?.at === 'host')
    lines.push(`  on ${error.place.host}${error.place.step ? `, step ${error.place.step}` : ''}`);
  if (error.hint) lines.push(`  hint: ${error.hint}`);
  return lines.join('\n');
};
