import { BadInput } from '../../../core/errors.js';
import { jsonObjectIn } from '../../../core/json-text.js';
import type { GridContents } from '../../../core/policies/grid/grid.js';
import {
  printSentences,
  readGridObject,
  readSentences,
  readTable,
  toObject,
  toTable,
  type GridEntry,
} from '../../../core/policies/grid/texts.js';
import type { Turns } from '../../../store/turns.js';
import type { GridForm } from '../../contract/grid-types.js';
import { LARGEST } from '../files/text-limits.js';
import { printCsv, readCsv } from './csv.js';

interface Form {
  print(contents: GridContents): string;
  read(text: string, turns: Turns): Promise<readonly GridEntry[]>;
}

function readJson(text: string, turns: Turns): Promise<readonly GridEntry[]> {
  let value: object | undefined;
  try {
    value = jsonObjectIn(text);
  } catch (error) {
    throw new BadInput('bad-policy', `The grid is not valid JSON: ${(error as Error).message}.`);
  }
  // Nothing else is parsed: only objects are checked for their depth first.
  if (value === undefined)
    throw new BadInput('bad-policy', 'The grid is not valid JSON: it must be an object.');
  return turns.finish(readGridObject(value));
}

const FORMS: Readonly<Record<GridForm, Form>> = Object.freeze({
  json: {
    print: (contents) => `${JSON.stringify(toObject(contents), undefined, 2)}\n`,
    read: async (text, turns) => readJson(text, turns),
  },
  text: { print: printSentences, read: (text, turns) => turns.finish(readSentences(text)) },
  csv: {
    print: (contents) => printCsv(toTable(contents)),
    read: async (text, turns) => turns.finish(readTable(await readCsv(text, turns))),
  },
});

/** The names of the forms. */
const GRID_FORMS = Object.freeze(Object.keys(FORMS) as GridForm[]);

const formOf = (name: unknown): Form => {
  const known = GRID_FORMS.find((one) => one === name);
  if (known === undefined)
    throw new BadInput('bad-request', `The form of a grid is one of ${GRID_FORMS.join(', ')}.`);
  return FORMS[known];
};

/** Writes a grid in a form. @throws BadInput `bad-request` for an unknown form */
export const printGrid = (form: unknown, contents: GridContents): string => formOf(form).print(contents);

/** Reads a grid. @throws BadInput `bad-policy`, with the line and what was expected; `bad-request`; `too-large` */
export async function readGrid(form: unknown, text: unknown, turns: Turns): Promise<readonly GridEntry[]> {
  const { read } = formOf(form);
  if (typeof text !== 'string') throw new BadInput('bad-request', 'A grid is imported from a text.');
  if (text.length > LARGEST.grid)
    throw new BadInput('too-large', `A grid has at most ${LARGEST.grid} characters.`);
  return read(text, turns);
}
