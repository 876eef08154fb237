/**
 * The script that a warm PowerShell process runs: it takes one task per line of standard input (base64 words: number, script,
 * folder, names and values of the environment), runs each in a runspace of its own on PowerShell's own host, so that output
 * looks as a process of its own would give it, and prints a mark on both streams at its end. Between tasks it puts back what
 * belongs to the process. It ends itself when its input does, also in the middle of a task. Needs PowerShell 3.
 */
export const agentScript = (token: string): string => AGENT.replaceAll('RATCHETTOKEN', token);

/** Small enough for any command line: takes the real script from the first line of standard input. */
export const BOOTSTRAP =
  '$r=New-Object IO.StreamReader([Console]::OpenStandardInput(),[Text.Encoding]::ASCII);' +
  '. ([scriptblock]::Create([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($r.ReadLine())))) $r';

/** What the session's configuration does for names that are not found, as texts to be made anew inside another runspace. */
export const NOT_FOUND =
  '$notFound=@($ExecutionContext.InvokeCommand.CommandNotFoundAction.Target.Constants|Where-Object{$_ -is [scriptblock]}|ForEach-Object{"$_"})';

/** Takes one of those texts as its argument. */
export const SET_NOT_FOUND = '$ExecutionContext.InvokeCommand.CommandNotFoundAction=[scriptblock]::Create($args[0])';

const AGENT = `param($reader)
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$utf8 = New-Object Text.UTF8Encoding $false
try { [Console]::OutputEncoding = $utf8 } catch { $null = $_ }
$out = [Console]::OpenStandardOutput()
$err = [Console]::OpenStandardError()
function Send($stream, [string] $line) {
  $bytes = [Text.Encoding]::ASCII.GetBytes($line + [char]10)
  $stream.Write($bytes, 0, $bytes.Length)
  $stream.Flush()
}

# A host that keeps the code of 'exit' and leaves everything else to PowerShell's own.
$name = New-Object Reflection.AssemblyName 'RatchetHost'
$module = [Reflection.Emit.AssemblyBuilder]::DefineDynamicAssembly($name, 'Run').DefineDynamicModule('RatchetHost')
$base = [Management.Automation.Host.PSHost]
$type = $module.DefineType('RatchetHost', 'Public,Class', $base)
$inner = $type.DefineField('Inner', $base, 'Public')
$code = $type.DefineField('Code', [object], 'Public')
$ops = [Reflection.Emit.OpCodes]
foreach ($method in $base.GetMethods('Public,NonPublic,Instance')) {
  if (-not $method.IsAbstract) { continue }
  $types = [Type[]] @($method.GetParameters() | ForEach-Object { $_.ParameterType })
  $own = $type.DefineMethod($method.Name, 'Public,HideBySig,Virtual', $method.ReturnType, $types)
  $il = $own.GetILGenerator()
  $il.Emit($ops::Ldarg_0)
  if ($method.Name -eq 'SetShouldExit') {
    $il.Emit($ops::Ldarg_1)
    $il.Emit($ops::Box, [int])
    $il.Emit($ops::Stfld, $code)
  } else {
    $il.Emit($ops::Ldfld, $inner)
    if ($types.Count -eq 1) { $il.Emit($ops::Ldarg_1) }
    $il.Emit($ops::Callvirt, $method)
  }
  $il.Emit($ops::Ret)
  $type.DefineMethodOverride($own, $method)
}
$hostType = $type.CreateType()

# Programs that a task starts must not read the tasks: they get an input that has ended.
$native = $module.DefineType('RatchetNative', 'Public,Class')
$import = $native.DefinePInvokeMethod('SetStdHandle', 'kernel32.dll', 'Public,Static,PinvokeImpl', 'Standard', [bool], [Type[]] @([int], [IntPtr]), 'Winapi', 'Auto')
$import.SetImplementationFlags('PreserveSig')
$nativeType = $native.CreateType()
$pipe = New-Object IO.Pipes.AnonymousPipeServerStream([IO.Pipes.PipeDirection]::Out, [IO.HandleInheritability]::Inheritable)
$null = $nativeType::SetStdHandle(-10, $pipe.ClientSafePipeHandle.DangerousGetHandle())
$pipe.SafePipeHandle.Dispose()
[Console]::SetIn([IO.TextReader]::Null)

$folder = [Environment]::CurrentDirectory
$variables = [Environment]::GetEnvironmentVariables()
$tls = [Net.ServicePointManager]::SecurityProtocol
$consoleOut = [Console]::Out
$consoleErr = [Console]::Error
function Reset-Process {
  $now = [Environment]::GetEnvironmentVariables()
  foreach ($key in @($now.Keys)) {
    if (-not $variables.ContainsKey($key)) { [Environment]::SetEnvironmentVariable($key, $null) }
  }
  foreach ($key in @($variables.Keys)) {
    if ($now[$key] -cne $variables[$key]) { [Environment]::SetEnvironmentVariable($key, $variables[$key]) }
  }
  [Environment]::CurrentDirectory = $folder
  [Net.ServicePointManager]::SecurityProtocol = $tls
  [Console]::SetOut($consoleOut)
  [Console]::SetError($consoleErr)
}

$state = [Management.Automation.Runspaces.InitialSessionState]::CreateDefault2()
$preference = New-Object Management.Automation.Runspaces.SessionStateVariableEntry 'ProgressPreference', 'SilentlyContinue', ''
$state.Variables.Add($preference)
$apartment = [Threading.Thread]::CurrentThread.GetApartmentState()
${NOT_FOUND}
function Invoke-In($space, [scriptblock] $prepare) {
  $ps = [powershell]::Create()
  $ps.Runspace = $space
  try { . $prepare $ps; $ps.Invoke() } finally { $ps.Dispose() }
}
# Opening takes longest: the next room opens while a task runs in this one.
function New-Room {
  $shell = [Activator]::CreateInstance($hostType)
  $shell.Inner = $Host
  $space = [Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace($shell, $state)
  $space.ApartmentState = $apartment
  $space.ThreadOptions = 'ReuseThread'
  $space.OpenAsync()
  @{ Shell = $shell; Space = $space }
}
function Enter-Room($room) {
  while ('BeforeOpen', 'Opening' -contains $room.Space.RunspaceStateInfo.State) { [Threading.Thread]::Sleep(1) }
  # It may have opened while a task was elsewhere.
  $null = $room.Space.SessionStateProxy.Path.SetLocation([Management.Automation.WildcardPattern]::Escape($folder))
  foreach ($text in $notFound) { $null = Invoke-In $room.Space { param($ps) $null = $ps.AddScript('${SET_NOT_FOUND}').AddArgument($text) } }
}
# Only what goes into the history leaves $? behind, which decides on the code.
$settings = New-Object Management.Automation.PSInvocationSettings
$settings.AddToHistory = $true
$nothing = New-Object 'Management.Automation.PSDataCollection[psobject]'
$nothing.Complete()
function Stop-Now { [Environment]::Exit(1) }

function Invoke-Task($room, $task, $next) {
  for ($at = 0; $at + 1 -lt $task.env.Count; $at += 2) { [Environment]::SetEnvironmentVariable($task.env[$at], $task.env[$at + 1]) }
  if ($task.chdir) {
    try {
      [Environment]::CurrentDirectory = $task.chdir
      $null = Invoke-In $room.Space { param($ps) $null = $ps.AddCommand('Set-Location').AddParameter('LiteralPath', $task.chdir).AddParameter('ErrorAction', 'Stop') }
    } catch { return 'folder 0' }
  }
  $ps = [powershell]::Create()
  $ps.Runspace = $room.Space
  $null = $ps.AddScript($task.script)
  $ps.Commands.Commands[0].MergeMyResults('Error', 'Output')
  # A process of its own writes these to its error stream as XML, where nobody reads them.
  foreach ($stream in 'Warning', 'Verbose', 'Debug') { $ps.Commands.Commands[0].MergeMyResults($stream, 'Null') }
  $null = $ps.AddCommand('Out-Default')
  $async = $ps.BeginInvoke($nothing, $settings, $null, $null)
  $null = [Threading.WaitHandle]::WaitAny([Threading.WaitHandle[]] @($async.AsyncWaitHandle, ([IAsyncResult] $next).AsyncWaitHandle))
  if (-not $async.IsCompleted) { Stop-Now }
  $reason = $ps.InvocationStateInfo.Reason
  if ($reason) {
    $record = $reason.ErrorRecord
    if (-not $record) { $record = New-Object Management.Automation.ErrorRecord $reason, 'Failed', 'NotSpecified', $null }
    $told = -join @(Invoke-In $room.Space { param($ps) $null = $ps.AddCommand('Out-String').AddParameter('InputObject', $record) })
    if (-not $told.Trim()) { $told = $reason.Message + [Environment]::NewLine }
    [Console]::Error.Write($told)
  }
  if ($room.Shell.Code -ne $null) { return "done $($room.Shell.Code)" }
  if ($reason) { return 'done 1' }
  # As powershell -Command has it: 1 when the last statement failed, in whatever block it stood and however the script was left.
  if (@(Invoke-In $room.Space { param($ps) $null = $ps.AddScript('$?') })[0] -eq $false) { 'done 1' } else { 'done 0' }
}

$room = New-Room
$line = $reader.ReadLineAsync()
$profiles = @($PROFILE.AllUsersAllHosts, $PROFILE.AllUsersCurrentHost, $PROFILE.CurrentUserAllHosts, $PROFILE.CurrentUserCurrentHost) | Where-Object { $_ -and [IO.File]::Exists($_) }
Send $err 'RATCHETTOKEN 0'
Send $out "RATCHETTOKEN 0 ready $(@($profiles).Count)"
while ($true) {
  $text = $line.Result
  if ($text -eq $null) { Stop-Now }
  $words = @($text.Split(' ') | ForEach-Object { [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($_)) })
  $task = @{ id = $words[0]; script = $words[1]; chdir = $words[2]; env = @($words | Select-Object -Skip 3) }
  $line = $reader.ReadLineAsync()
  Enter-Room $room
  $next = New-Room
  $end = Invoke-Task $room $task $line
  [Console]::Out.Flush()
  [Console]::Error.Flush()
  Send $err "RATCHETTOKEN $($task.id)"
  Send $out "RATCHETTOKEN $($task.id) $end"
  Reset-Process
  $room.Space.CloseAsync()
  $room = $next
}
`;
