import type { Value } from '@ratchet/core';
import { loadYaml, nodeToValue } from '@ratchet/source';
import { type Filter, flagArg, numberArg, ofText, ofValue } from './filter.js';
import { fromJson, toJson } from './json.js';
import { isDict, isList, truthy } from './python.js';
import { pretty } from './python-text.js';
import { toYaml, type YamlStyle } from './to-yaml.js';

/** Reads a text; what is no text is given back as it is, as Ansible does. */
const ofYaml = (read: (text: string) => Value): Filter =>
  ofValue((value) => (typeof value === 'string' ? read(value) : value));

const yamlText = ofYaml((text) => {
  const node = loadYaml({ path: '<from_yaml>', text });
  // What is read here is data: it may come from a host.
  return node === null ? null : plainTexts(nodeToValue(node));
});

const plainTexts = (value: Value): Value => {
  if (isList(value)) return value.map(plainTexts);
  if (isDict(value)) return new Map([...value].map(([key, item]) => [key, plainTexts(item)] as [Value, Value]));
  return typeof value === 'object' && value !== null && 'text' in value ? value.text : value;
};

// Each document of a stream begins after a line of three dashes.
const yamlDocuments = ofYaml((text) =>
  text
    .split(/^---(?=\s|$)/m)
    .filter((part, index) => index > 0 || part.trim() !== '')
    .map((part) => {
      const node = loadYaml({ path: '<from_yaml_all>', text: part });
      return node === null ? null : plainTexts(nodeToValue(node));
    }),
);

const json = (indent: number | undefined, sorted: boolean): Filter =>
  ofValue((value, args) => {
    const size = numberArg(args, 99, 'indent', indent ?? -1);
    const sort = flagArg(args, 99, 'sort_keys', sorted);
    const ascii = flagArg(args, 99, 'ensure_ascii', true);
    return toJson(value, { indent: size < 0 ? undefined : size, sort, ascii });
  });

// PyYAML indents by 2 to 9 columns, and by 2 where it is asked for anything else.
const bestIndent = (asked: number): number => (asked > 1 && asked < 10 ? asked : 2);

/** What `default_flow_style` asks for: true, false, or none, which is PyYAML's own choice for `to_yaml`. */
const flowOf = (asked: Value): YamlStyle['flow'] => (asked === null ? 'innermost' : truthy(asked) ? 'all' : 'none');

const yaml = (nice: boolean): Filter =>
  ofValue((value, args) =>
    toYaml(value, {
      indent: bestIndent(numberArg(args, 0, 'indent', nice ? 4 : 2)),
      flow: nice ? 'none' : flowOf(args.get(99, 'default_flow_style') ?? null),
      sort: flagArg(args, 99, 'sort_keys', true),
      width: numberArg(args, 99, 'width', 80),
      start: flagArg(args, 99, 'explicit_start'),
      end: flagArg(args, 99, 'explicit_end'),
    }),
  );

/** Filters that read and write JSON, YAML and Python's own notation. */
export const formatFilters: readonly (readonly [string, Filter])[] = [
  ['from_json', ofText((text) => fromJson(text))],
  ['to_json', json(undefined, false)],
  ['to_nice_json', json(4, true)],
  ['tojson', json(undefined, true)],
  ['from_yaml', yamlText],
  ['to_yaml', yaml(false)],
  ['to_nice_yaml', yaml(true)],
  ['from_yaml_all', yamlDocuments],
  ['pprint', ofValue((value) => pretty(value))],
];
