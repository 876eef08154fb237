/** The environment in which Wine's programs work on one prefix. */
export const wineEnvironment = (prefix: string): Record<string, string> => ({
  WINEPREFIX: prefix,
  WINEDEBUG: '-all',
  WINEDLLOVERRIDES: 'shutdown.exe=n;powershell.exe=n;mscoree,mshtml=',
  LC_ALL: 'C.UTF-8',
});
