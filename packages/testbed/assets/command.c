// Runs one command the way OpenSSH for Windows hands it to a login shell.
// The text comes in RATCHET_COMMAND, since Wine would quote a Unix argument vector anew. cmd.exe gets it untouched as
// `cmd.exe /c "<text>"`; PowerShell gets it as one argument of `-c`, quotes escaped. No text: an interactive shell.
// CREATE_NO_WINDOW gives the children a console without a window, as sshd.exe does; PowerShell ends silently without.
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

static wchar_t *cmd_line(const wchar_t *text) {
  static const wchar_t head[] = L"C:\\windows\\system32\\cmd.exe /c \"";
  wchar_t *line = malloc((wcslen(head) + wcslen(text) + 2) * sizeof *line);
  wcscpy(line, head);
  wcscat(line, text);
  wcscat(line, L"\"");
  return line;
}

// Doubles the backslashes before a quote or before the closing quote, and escapes quotes, as CommandLineToArgvW reads them.
static wchar_t *powershell_line(const wchar_t *text) {
  static const wchar_t head[] = L"powershell.exe -c \"";
  wchar_t *line = malloc((wcslen(head) + 2 * wcslen(text) + 2) * sizeof *line), *to = line;
  wcscpy(line, head);
  to += wcslen(head);
  size_t slashes = 0;
  for (; *text; text++) {
    if (*text == L'"') {
      for (size_t i = 0; i <= slashes; i++) *to++ = L'\\';
      slashes = 0;
    } else {
      slashes = *text == L'\\' ? slashes + 1 : 0;
    }
    *to++ = *text;
  }
  while (slashes--) *to++ = L'\\';
  *to++ = L'"';
  *to = 0;
  return line;
}

int wmain(void) {
  const wchar_t *text = _wgetenv(L"RATCHET_COMMAND"), *shell = _wgetenv(L"RATCHET_SHELL");
  int powershell = shell && !wcscmp(shell, L"powershell");
  wchar_t *line;
  if (!text) line = _wcsdup(powershell ? L"powershell.exe" : L"C:\\windows\\system32\\cmd.exe");
  else line = powershell ? powershell_line(text) : cmd_line(text);
  SetEnvironmentVariableW(L"RATCHET_COMMAND", NULL);
  SetEnvironmentVariableW(L"RATCHET_SHELL", NULL);
  STARTUPINFOW start = {0};
  PROCESS_INFORMATION child;
  start.cb = sizeof start;
  start.dwFlags = STARTF_USESTDHANDLES;
  start.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
  start.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
  start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  if (!CreateProcessW(NULL, line, NULL, NULL, TRUE, CREATE_NO_WINDOW, NULL, NULL, &start, &child)) {
    fprintf(stderr, "command.exe: the login shell did not start: error %lu\n", GetLastError());
    return 255;
  }
  WaitForSingleObject(child.hProcess, INFINITE);
  DWORD code = 255;
  GetExitCodeProcess(child.hProcess, &code);
  return (int)code;
}
