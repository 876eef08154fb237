/** A variable of the controller's environment; nothing else that the object of Node has under that name. */
export const environmentOf = (name: string): string | undefined =>
  Object.hasOwn(process.env, name) ? process.env[name] : undefined;
