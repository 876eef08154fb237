/** Ansible's message for a file that a task names and that is nowhere on the controller. */
export const notFoundHere = (name: string, searched: readonly string[]): string =>
  `Could not find or access '${name}'\nSearched in:\n${searched.map((place) => `\t${place}`).join('\n')} on the Ansible Controller.\nIf you are using a module and expect the file to exist on the remote, see the remote_src option`;
