/** How many journal appends and host commands an undisturbed run has. */
export interface Counts {
  readonly journal: number;
  readonly exec: number;
}

const around = (kind: string, count: number, moments: readonly string[]): readonly string[] =>
  Array.from({ length: count }, (_, index) => moments.map((moment) => `${kind}:${index + 1}:${moment}`)).flat();

/** Every point at which the controller can be killed: before, within and after each append; before, during and after each command. */
export const crashPoints = ({ journal, exec }: Counts): readonly string[] => [
  ...around('journal', journal, ['before', 'torn', 'after']),
  ...around('exec', exec, ['before', 'during', 'after']),
];
