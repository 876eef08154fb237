/** The Windows version of a build: 7601 is 6.1, 9200 6.2, 9600 6.3, everything from 10240 on 10.0. */
export const versionOfBuild = (build: number): string => {
  if (build >= 10240) return '10.0';
  if (build >= 9600) return '6.3';
  if (build >= 9200) return '6.2';
  return build >= 7600 ? '6.1' : '6.0';
};
