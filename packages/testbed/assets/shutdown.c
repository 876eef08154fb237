// shutdown.exe: tells the supervisor of the test host, by a file, that a restart was asked for.
// The file holds the seconds to wait; `/a` removes it. Exit codes are Windows' own: 1190 when a shutdown is under way
// already, 1116 when there is none to abort, 87 for arguments it does not understand.
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

static const wchar_t request[] = L"C:\\ratchet\\shutdown.request", draft[] = L"C:\\ratchet\\shutdown.draft";

static int complain(int code, const char *text) {
  fprintf(stderr, "%s(%d)\n", text, code);
  return code;
}

int wmain(int count, wchar_t **arguments) {
  int restart = 0, stop = 0, abort_it = 0;
  long seconds = 30;
  for (int i = 1; i < count; i++) {
    const wchar_t *argument = arguments[i];
    if (*argument != L'/' && *argument != L'-') return complain(87, "The parameter is incorrect.");
    argument++;
    if (!_wcsicmp(argument, L"r") || !_wcsicmp(argument, L"g")) restart = 1;
    else if (!_wcsicmp(argument, L"s")) stop = 1;
    else if (!_wcsicmp(argument, L"a")) abort_it = 1;
    else if (!_wcsicmp(argument, L"f")) continue;
    else if (!_wcsicmp(argument, L"t") && i + 1 < count) seconds = wcstol(arguments[++i], NULL, 10);
    else if ((!_wcsicmp(argument, L"c") || !_wcsicmp(argument, L"d")) && i + 1 < count) i++;
    else return complain(87, "The parameter is incorrect.");
  }
  if (abort_it) {
    if (DeleteFileW(request)) return 0;
    return complain(1116, "Unable to abort the system shutdown because no shutdown was in progress.");
  }
  if (!restart && !stop) return complain(87, "The parameter is incorrect.");
  if (GetFileAttributesW(request) != INVALID_FILE_ATTRIBUTES)
    return complain(1190, "A system shutdown has already been scheduled.");
  FILE *file = _wfopen(draft, L"wb");
  if (!file) return complain(5, "Access is denied.");
  fprintf(file, "%s %ld\n", restart ? "restart" : "stop", seconds);
  fclose(file);
  if (!MoveFileW(draft, request)) return complain(1190, "A system shutdown has already been scheduled.");
  return 0;
}
