export * from './node.js';
export { projectPath } from './project-path.js';
export * from './python-literal.js';
export * from './read-source.js';
export { exactInteger, readPlainScalar } from './scalar.js';
export * from './vault.js';
export { loadYaml, type YamlOptions } from './yaml.js';
