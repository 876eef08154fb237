/**
 * The PowerShell that runs a script of `win_powershell` and prints, behind a mark, its result as base64 of JSON. `request` is
 * JSON; it travels as base64, so nothing of it is ever read as code but the script itself.
 */
export const powershellWrapper = (mark: string, request: string): string =>
  WRAPPER.replace('RATCHETREQUEST', Buffer.from(request, 'utf8').toString('base64')).replace('RATCHETMARK', mark);

const WRAPPER = `$ask = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('RATCHETREQUEST')) | ConvertFrom-Json
function ConvertTo-Data($value, [int] $depth) {
  if ($null -eq $value) { return $null }
  $raw = $value.PSObject.BaseObject
  if ($raw -is [string]) { return $raw.ToString() }
  if ($raw -is [bool] -or ($raw -is [ValueType] -and $raw.GetType().IsPrimitive -and $raw -isnot [char]) -or $raw -is [decimal]) { return $raw }
  if ($raw -is [DateTime]) { return $raw.ToUniversalTime().ToString('o') }
  if ($raw -is [DateTimeOffset]) { return $raw.ToString('o') }
  if ($raw -is [Enum]) {
    if ($depth -lt 1) { return [int64] $raw }
    return @{ String = $raw.ToString(); Type = $raw.GetType().FullName; Value = [int64] $raw }
  }
  if ($raw -is [char] -or $raw -is [Guid]) { return "$raw" }
  if ($depth -lt 1) { return "$value" }
  if ($raw -is [Type]) { return @{ Name = $raw.Name; FullName = $raw.FullName; AssemblyQualifiedName = $raw.AssemblyQualifiedName; BaseType = ConvertTo-Data $raw.BaseType ($depth - 1) } }
  if ($raw -is [Collections.IDictionary]) {
    $map = @{}
    foreach ($key in @($raw.Keys)) { $map["$key"] = ConvertTo-Data $raw[$key] ($depth - 1) }
    return $map
  }
  if ($raw -is [Collections.IEnumerable]) {
    $list = New-Object Collections.ArrayList
    foreach ($item in $raw) { $null = $list.Add((ConvertTo-Data $item ($depth - 1))) }
    return , $list.ToArray()
  }
  $map = @{}
  foreach ($property in $value.PSObject.Properties) {
    if (-not $property.IsGettable) { continue }
    # Not the value of $(): that would take a list apart.
    $item = $null
    try { $item = $property.Value } catch { $null = $_ }
    $map[$property.Name] = ConvertTo-Data $item ($depth - 1)
  }
  return $map
}
function ConvertFrom-Given($value) {
  if ($value -is [Management.Automation.PSCustomObject]) {
    $map = @{}
    foreach ($property in $value.PSObject.Properties) { $map[$property.Name] = ConvertFrom-Given $property.Value }
    return $map
  }
  if ($value -is [array]) { return , @(foreach ($item in $value) { ConvertFrom-Given $item }) }
  return $value
}
function ConvertTo-Reason($exception) {
  if ($null -eq $exception) { return $null }
  @{ message = $exception.Message; type = $exception.GetType().FullName; hresult = $exception.HResult; source = $exception.Source; help_link = $exception.HelpLink; inner_exception = ConvertTo-Reason $exception.InnerException }
}
function ConvertTo-Fault($record) {
  $category = $record.CategoryInfo
  @{
    output = ($record | Out-String)
    error_details = $(if ($record.ErrorDetails) { @{ message = $record.ErrorDetails.Message; recommended_action = $record.ErrorDetails.RecommendedAction } })
    exception = ConvertTo-Reason $record.Exception
    target_object = ConvertTo-Data $record.TargetObject $ask.depth
    category_info = @{ category = "$($category.Category)"; category_id = [int] $category.Category; activity = $category.Activity; reason = $category.Reason; target_name = $category.TargetName; target_type = $category.TargetType }
    fully_qualified_error_id = $record.FullyQualifiedErrorId
    script_stack_trace = $record.ScriptStackTrace
    pipeline_iteration_info = @($record.PipelineIterationInfo)
  }
}
$temp = Join-Path ([IO.Path]::GetTempPath()) "ratchet-$([Guid]::NewGuid().ToString('N'))"
$global:Ansible = New-Object PSObject -Property @{ CheckMode = $ask.check; Changed = $true; Failed = $false; Result = @{}; Diff = @{}; Verbosity = $ask.verbosity; Tmpdir = $temp }
$null = [IO.Directory]::CreateDirectory($temp)
# A runspace of its own: within this one only errors would be kept as a stream.
$state = [Management.Automation.Runspaces.InitialSessionState]::CreateDefault2()
$space = [Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace($Host, $state)
$space.ApartmentState = [Threading.Thread]::CurrentThread.GetApartmentState()
$space.ThreadOptions = 'ReuseThread'
$space.Open()
$given = @{ Ansible = $Ansible; ErrorActionPreference = $ask.action; ProgressPreference = 'SilentlyContinue'; WhatIfPreference = [bool] $ask.check }
foreach ($name in $given.Keys) { $space.SessionStateProxy.SetVariable($name, $given[$name]) }
$null = $space.SessionStateProxy.Path.SetLocation([Management.Automation.WildcardPattern]::Escape((Get-Location).ProviderPath))
$ps = [powershell]::Create()
$ps.Runspace = $space
$null = $ps.AddScript($ask.script)
foreach ($argument in $ask.arguments) { $null = $ps.AddArgument($argument) }
foreach ($property in $ask.parameters.PSObject.Properties) { $null = $ps.AddParameter($property.Name, (ConvertFrom-Given $property.Value)) }
$fatal = @()
$failed = $false
$output = New-Object Collections.ArrayList
try {
  foreach ($item in $ps.Invoke()) { $null = $output.Add($item) }
} catch {
  $failed = $true
  $inner = $_.Exception
  if ($inner.InnerException) { $inner = $inner.InnerException }
  $fatal = @($(if ($inner.ErrorRecord) { $inner.ErrorRecord } else { $_ }))
}
$faults = @($ps.Streams.Error) + $fatal
$answer = @{
  changed = [bool] $Ansible.Changed
  failed = $failed -or [bool] $Ansible.Failed
  # What stands in these two is counted from there; a diff is to be read whole.
  result = ConvertTo-Data $Ansible.Result ($ask.depth + 1)
  diff = ConvertTo-Data $Ansible.Diff 9
  output = @(foreach ($item in $output) { , (ConvertTo-Data $item $ask.depth) })
  error = @(foreach ($record in $faults) { ConvertTo-Fault $record })
  warning = @(foreach ($record in $ps.Streams.Warning) { $record.Message })
  verbose = @(foreach ($record in $ps.Streams.Verbose) { $record.Message })
  debug = @(foreach ($record in $ps.Streams.Debug) { $record.Message })
  information = @(foreach ($record in $ps.Streams.Information) { @{ message_data = ConvertTo-Data $record.MessageData $ask.depth; source = $record.Source; time_generated = $record.TimeGenerated.ToUniversalTime().ToString('o'); tags = @($record.Tags) } })
}
$json = ConvertTo-Json -InputObject $answer -Depth 99 -Compress
try { [IO.Directory]::Delete($temp, $true) } catch { $null = $_ }
$ps.Dispose()
$space.Close()
[Console]::Out.WriteLine('RATCHETMARK' + [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($json)))
`;
