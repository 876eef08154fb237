# Wine answers PowerShell's directory search for `name.*` with nothing, so no program on the path is found.
# When the look-up has failed, try each folder of the path for the exact file name.
$ExecutionContext.InvokeCommand.CommandNotFoundAction = {
    param($Name, $Lookup)
    # PowerShell tries every unknown name a second time with this prefix.
    if ($Name -like 'get-*') { return }
    $candidates = foreach ($folder in $env:PATH -split ';') {
        foreach ($suffix in '', '.com', '.exe', '.bat', '.cmd') { "$folder\$Name$suffix" }
    }
    foreach ($candidate in $candidates) {
        if (-not [IO.File]::Exists($candidate)) { continue }
        $Lookup.Command = $ExecutionContext.InvokeCommand.GetCommand($candidate, 'Application')
        $Lookup.StopSearch = $true
        return
    }
}
