// powershell.exe: starts PowerShell 7 with the session configuration that mends the command look-up under Wine.
// Its own arguments go on as they stand, and the console stays the same one, so that a `chcp` before it counts.
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

// What follows the program's own name on the command line.
static const wchar_t *arguments(void) {
  const wchar_t *line = GetCommandLineW();
  int quoted = *line == L'"';
  if (quoted) line++;
  while (*line && *line != (quoted ? L'"' : L' ')) line++;
  return quoted && *line ? line + 1 : line;
}

int wmain(void) {
  static const wchar_t head[] = L"C:\\pwsh\\pwsh.exe -ConfigurationFile C:\\ratchet\\session.pssc ";
  const wchar_t *rest = arguments();
  wchar_t *line = malloc((wcslen(head) + wcslen(rest) + 1) * sizeof *line);
  wcscpy(line, head);
  wcscat(line, rest);
  STARTUPINFOW start = {0};
  PROCESS_INFORMATION child;
  start.cb = sizeof start;
  start.dwFlags = STARTF_USESTDHANDLES;
  start.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
  start.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
  start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  if (!CreateProcessW(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &child)) {
    fprintf(stderr, "powershell.exe: pwsh.exe did not start: error %lu\n", GetLastError());
    return 255;
  }
  WaitForSingleObject(child.hProcess, INFINITE);
  DWORD code = 255;
  GetExitCodeProcess(child.hProcess, &code);
  return (int)code;
}
