import type { ErrorCode } from './errors.js';

/** Exit codes of `ratchet` (docs/exit-codes.md). */
export const EXIT = {
  done: 0,
  files: 1,
  failed: 2,
  unreachableOrParse: 4,
  options: 5,
  moved: 10,
  locked: 11,
  undecided: 12,
  interrupted: 99,
  bug: 250,
} as const;

const CODES: Readonly<Record<ErrorCode, number>> = {
  'file-not-found': EXIT.files,
  'file-unreadable': EXIT.files,
  'yaml-syntax': EXIT.unreachableOrParse,
  'yaml-duplicate-key': EXIT.unreachableOrParse,
  'inventory-invalid': EXIT.unreachableOrParse,
  'no-hosts': EXIT.files,
  'limit-invalid': EXIT.files,
  vault: EXIT.files,
  'playbook-invalid': EXIT.unreachableOrParse,
  'keyword-unknown': EXIT.unreachableOrParse,
  'module-unknown': EXIT.unreachableOrParse,
  'param-invalid': EXIT.unreachableOrParse,
  'not-supported': EXIT.unreachableOrParse,
  'role-not-found': EXIT.unreachableOrParse,
  'handler-not-found': EXIT.unreachableOrParse,
  'template-syntax': EXIT.unreachableOrParse,
  'template-error': EXIT.failed,
  'undefined-variable': EXIT.failed,
  'variable-loop': EXIT.failed,
  'option-invalid': EXIT.options,
  usage: EXIT.failed,
  unreachable: EXIT.unreachableOrParse,
  'host-key': EXIT.unreachableOrParse,
  auth: EXIT.unreachableOrParse,
  timeout: EXIT.failed,
  'command-failed': EXIT.failed,
  'host-output': EXIT.failed,
  'access-denied': EXIT.failed,
  'not-elevated': EXIT.failed,
  'did-not-stick': EXIT.failed,
  'assertion-failed': EXIT.failed,
  'task-failed': EXIT.failed,
  'guard-refused': EXIT.failed,
  'before-moved': EXIT.moved,
  'plan-altered': EXIT.moved,
  'host-locked': EXIT.locked,
  'resume-undecided': EXIT.undecided,
  'changed-since': EXIT.files,
  'journal-damaged': EXIT.files,
  'journal-write': EXIT.files,
  interrupted: EXIT.interrupted,
  internal: EXIT.bug,
};

/** The exit code of a run that ends with this error. */
export const exitCodeOf = (code: ErrorCode): number => CODES[code];

const RANK = [
  EXIT.interrupted,
  EXIT.bug,
  EXIT.unreachableOrParse,
  EXIT.failed,
  EXIT.moved,
  EXIT.locked,
  EXIT.undecided,
];

/** Of several exit codes the one that wins: 4 over 2, 2 over 10, 11 and 12. */
export const worstExitCode = (codes: readonly number[]): number =>
  RANK.find((code) => codes.includes(code)) ?? codes.find((code) => code !== 0) ?? 0;
