import type { Value } from '@ratchet/core';
import { foundFile } from './controller-files.js';
import type { Lookup } from './engine.js';
import { templateError } from './item.js';
import { flat, refuseEncoding, withSettings } from './lookup-terms.js';
import { str } from './python-text.js';
import { readTextFile } from './read-text-file.js';

/** The rows of a CSV text, as Python's `csv` reads them: quotes count at the beginning of a cell, and two of them inside stand for one. */
const rowsOf = (text: string, delimiter: string): string[][] => {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endCell = (): void => {
    row.push(cell);
    cell = '';
  };
  const endRow = (): void => {
    endCell();
    rows.push(row);
    row = [];
  };
  for (let at = 0, fresh = true; at < text.length; at++) {
    const unit = text.charAt(at);
    const begins = fresh;
    fresh = false;
    if (quoted) {
      if (unit !== '"') cell += unit;
      else if (text[at + 1] === '"') cell += text.charAt(++at);
      else quoted = false;
    } else if (unit === '"' && begins) quoted = true;
    else if (unit === delimiter) {
      endCell();
      fresh = true;
    } else if (unit === '\n' || unit === '\r') {
      if (unit === '\r' && text[at + 1] === '\n') at++;
      endRow();
      fresh = true;
    } else cell += unit;
  }
  if (cell !== '' || row.length > 0) endRow();
  return rows;
};

const delimiterOf = (written: Value | undefined): string => {
  const text = str(written ?? 'TAB');
  if (text === 'TAB' || text === 't') return '\t';
  if (text.length === 1) return text;
  throw templateError(`The delimiter "${text}" of csvfile must be one character.`);
};

const columnOf = (name: string, written: Value): number => {
  const text = str(written).trim();
  if (/^[-+]?\d+$/.test(text)) return Number(text);
  throw templateError(`The "${name}" of csvfile must be the number of a column, counted from 0, and is "${text}".`);
};

/** The lookup `csvfile`: a cell of the first row whose key is the term; none, without a `default`, where no row has it. */
export const csvfile: Lookup = (terms, options, engine) =>
  flat(terms).flatMap((term) => {
    const known = ['file', 'delimiter', 'col', 'keycol', 'default', 'encoding'];
    const { name, get } = withSettings(str(term), options, known);
    refuseEncoding('csvfile', get('encoding'));
    const keyColumn = columnOf('keycol', get('keycol') ?? 0);
    const column = columnOf('col', get('col') ?? 1);
    const text = readTextFile(foundFile(engine, 'files', str(get('file') ?? 'ansible.csv')));
    const row = rowsOf(text, delimiterOf(get('delimiter'))).find((cells) => cells.at(keyColumn) === name);
    const cell = row ? row.at(column) : get('default');
    if (row && cell === undefined)
      throw templateError(`The row "${name}" has no column ${column}: it has ${row.length}, counted from 0.`);
    return cell === undefined ? [] : [cell];
  });
