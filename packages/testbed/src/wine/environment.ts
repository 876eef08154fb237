/**
 * The environment in which Wine's programs work on one prefix. Wine's own powershell.exe does nothing, so only another
 * one counts; mscoree stays, since a .NET library does not load without it. winemenubuilder would put entries into this
 * machine's own menus at each start.
 */
export const wineEnvironment = (prefix: string): Record<string, string> => ({
  WINEPREFIX: prefix,
  WINEDEBUG: '-all',
  WINEDLLOVERRIDES: 'shutdown.exe=n;powershell.exe=n;mshtml=;winemenubuilder.exe=',
  LC_ALL: 'C.UTF-8',
});
