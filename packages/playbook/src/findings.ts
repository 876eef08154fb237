import {
  didYouMean,
  type ErrorCode,
  type Position,
  placeName,
  RatchetError,
  RatchetErrors,
  sourceError,
} from '@ratchet/core';

/** Errors as they stand in their files, files in the order in which something was found in them. */
const inOrder = (errors: readonly RatchetError[]): readonly RatchetError[] => {
  const place = ({ place }: RatchetError): Position | undefined =>
    place?.at === 'source' ? place.position : undefined;
  const paths = [...new Set(errors.map((error) => place(error)?.file.path))];
  const rank = (error: RatchetError): number => paths.indexOf(place(error)?.file.path);
  return [...errors].sort((a, b) => rank(a) - rank(b) || (place(a)?.offset ?? 0) - (place(b)?.offset ?? 0));
};

/** Collects what the static checks find, so that all of it is reported together. */
export class Findings {
  readonly #errors: RatchetError[] = [];

  report(code: ErrorCode, message: string, position: Position, hint?: string): void {
    this.#errors.push(sourceError(code, message, position, { hint }));
  }

  /** Reports an unknown name with the nearest known one. */
  reportUnknown(code: ErrorCode, message: string, position: Position, wrong: string, known: Iterable<string>): void {
    this.report(code, message, position, didYouMean(wrong, known));
  }

  /** Runs a check; a RatchetError that it throws is kept, at the position unless it has a place. */
  attempt<T>(position: Position, check: () => T): T | undefined {
    try {
      return check();
    } catch (thrown) {
      this.keep(thrown, position);
      return undefined;
    }
  }

  /** As `attempt`, for work that waits. */
  async attemptAsync<T>(position: Position, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (thrown) {
      this.keep(thrown, position);
      return undefined;
    }
  }

  keep(thrown: unknown, position: Position): void {
    if (thrown instanceof RatchetErrors) for (const error of thrown.errors) this.keep(error, position);
    if (thrown instanceof RatchetErrors) return;
    if (!(thrown instanceof RatchetError)) throw thrown;
    this.#errors.push(thrown.at({ at: 'source', position }));
  }

  /** Throws `RatchetErrors` when anything was found. */
  throwIfAny(): void {
    const seen = new Set<string>();
    // A file that is read at two places shows its faults once.
    const errors = this.#errors.filter((error) => {
      const key = `${error.code} ${error.message} ${error.place?.at === 'source' ? placeName(error.place.position) : ''}`;
      return !seen.has(key) && seen.add(key);
    });
    if (errors.length > 0) throw new RatchetErrors(inOrder(errors));
  }
}
