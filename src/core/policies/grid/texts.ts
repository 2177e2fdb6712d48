import { BadInput } from '../../errors.js';
import { mapInSteps, type InSteps } from '../../in-steps.js';
import { unknownName } from '../../options.js';
import { show } from '../../value.js';
import { badPolicy, entryFields, entryName, namedIn } from '../entries.js';
import { GRID_LABEL, GRID_RULE, type GridContents, type GridLabel, type GridRule } from './grid.js';
import { readLabel, readRule } from './read-rule.js';
import {
  objectIn,
  printLabel,
  printObject,
  printSentence,
  printUsers,
  readLine,
  usersIn,
} from './sentences.js';
import { Words } from './words.js';

/** A rule or label that a text states, checked. */
export interface GridEntry {
  readonly kind: typeof GRID_RULE | typeof GRID_LABEL;
  readonly id: string;
  readonly value: GridRule | GridLabel;
}

/** An entry, with the line where it begins. */
export interface PlacedGridEntry {
  readonly entry: GridEntry;
  readonly line: number;
}

/** A mistake in a line of a text. */
export class BadLine extends BadInput {
  constructor(
    readonly line: number,
    /** What is wrong, without the line. */
    readonly what: string,
    code: BadInput['code'],
  ) {
    super(code, `Line ${line}: ${what}`);
    this.name = BadInput.name;
  }
}

/** Collects entries, and says of a mistake in which line it is. */
class Entries {
  readonly placed: PlacedGridEntry[] = [];
  private readonly lines = new Map<string, number>();

  at(line: number, read: () => GridEntry | undefined): void {
    try {
      const entry = read();
      if (entry === undefined) return;
      const key = `${entry.kind} ${entry.id}`;
      const before = this.lines.get(key);
      if (before !== undefined) badPolicy(`${show(entry.id)} stands in line ${before} too.`);
      this.lines.set(key, line);
      this.placed.push({ entry, line });
    } catch (error) {
      throw error instanceof BadInput ? new BadLine(line, error.message, error.code) : error;
    }
  }

  get all(): GridEntry[] {
    return this.placed.map(({ entry }) => entry);
  }
}

const ruleEntry = (id: string, value: unknown): GridEntry => {
  const name = entryName(id, 'The id of a rule');
  return { kind: GRID_RULE, id: name, value: readRule(name, value) };
};
const labelEntry = (id: string, value: unknown): GridEntry => {
  const name = entryName(id, 'A label');
  return { kind: GRID_LABEL, id: name, value: readLabel(name, value) };
};

/** The rules and labels as sentences, one a line, labels first. */
export function printSentences({ rules, labels }: GridContents): string {
  const lines = [
    ...[...labels].map(([name, label]) => printLabel(name, label)),
    ...[...rules].map(([id, rule]) => `${JSON.stringify(id)}: ${printSentence(rule)}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * Reads rules and labels from sentences.
 * @throws BadInput `bad-policy`, with the line and what was expected
 */
export function* readSentences(text: string): InSteps<readonly GridEntry[]> {
  const entries = new Entries();
  for (const [at, content] of text.split(/\r\n|\n|\r/).entries()) {
    entries.at(at + 1, () => {
      const line = readLine(content);
      if (line === undefined) return undefined;
      return 'label' in line ? labelEntry(line.label, line.value) : ruleEntry(line.rule, line.value);
    });
    yield;
  }
  return entries.all;
}

/** The object form: labels and rules by name and id. */
export const toObject = ({ rules, labels }: GridContents): Record<string, unknown> => ({
  ...(labels.size > 0 && { labels: Object.fromEntries(labels) }),
  ...(rules.size > 0 && { rules: Object.fromEntries(rules) }),
});

/** Reads the object form; a rule may be a sentence. @throws BadInput `bad-policy` */
export function* readGridObject(value: unknown): InSteps<readonly GridEntry[]> {
  const { rules = {}, labels = {} } = entryFields(value, 'A grid', ['rules', 'labels']);
  const ofLabels = yield* mapInSteps(namedIn(labels, 'Labels'), ([name, label]) => labelEntry(name, label));
  const ofRules = yield* mapInSteps(namedIn(rules, 'Rules'), ([id, rule]) => ruleEntry(id, rule));
  return [...ofLabels, ...ofRules];
}

/** The columns of the table form. */
const COLUMNS = [
  'id',
  'effect',
  'users',
  'privilege',
  'on',
  'for',
  'as',
  'handing on',
  'multiple',
  'says',
] as const;
type Column = (typeof COLUMNS)[number];
const LABEL_ROW = 'Label';
const NEEDED: readonly Column[] = ['id', 'effect'];

/** The table form: a row of column names, then one row for each label and rule. */
export function toTable({ rules, labels }: GridContents): string[][] {
  const row = (cells: Partial<Record<Column, string | undefined>>): string[] =>
    COLUMNS.map((name) => cells[name] ?? '');
  return [
    [...COLUMNS],
    ...[...labels].map(([id, { multiple, says }]) =>
      row({ id, effect: LABEL_ROW, multiple: multiple?.toString(), says }),
    ),
    ...[...rules].map(([id, { effect, users, privilege, on, for: when, as, handOn, says }]) =>
      row({
        id,
        effect,
        users: printUsers(users),
        privilege,
        on: printObject(on),
        for: when && JSON.stringify(when),
        as,
        'handing on': handOn && 'yes',
        says,
      }),
    ),
  ];
}

/** One row of a table, with the line where it begins. */
export interface TableRow {
  readonly line: number;
  readonly cells: readonly string[];
}

function whole<T>(text: string, read: (words: Words) => T): T {
  const words = new Words(text);
  const found = read(words);
  words.end('nothing more');
  return found;
}

function entryOf(cell: (name: Column) => string): GridEntry | undefined {
  const optional = <T>(name: Column, read: (text: string) => T): Partial<Record<Column, T>> =>
    cell(name) === '' ? {} : { [name]: read(cell(name)) };
  if (COLUMNS.every((name) => cell(name).trim() === '')) return undefined;
  const id = cell('id');
  if (id.trim() === '') return badPolicy('Expected an id in the column id, got nothing.');
  const says = optional('says', (text) => text);
  if (cell('effect') === LABEL_ROW) {
    const strange = COLUMNS.find(
      (name) => !['id', 'effect', 'multiple', 'says'].includes(name) && cell(name) !== '',
    );
    if (strange !== undefined) badPolicy(`A label has no ${strange}, got ${show(cell(strange))}.`);
    const multiple = optional('multiple', (text) =>
      whole(text, (words) => words.number('how many users may hold the label')),
    );
    return labelEntry(id, { ...multiple, ...says });
  }
  if (cell('multiple') !== '')
    badPolicy(`Only a row of a label has multiple, got ${show(cell('multiple'))}.`);
  const handOn = cell('handing on');
  if (handOn !== '' && handOn !== 'yes')
    badPolicy(`Expected yes or nothing in the column handing on, got ${show(handOn)}.`);
  return ruleEntry(id, {
    effect: cell('effect'),
    users: whole(cell('users'), usersIn),
    privilege: cell('privilege'),
    on: whole(cell('on'), objectIn),
    ...optional('for', (text) => whole(text, (words) => words.json('a condition'))),
    ...optional('as', (text) => text),
    ...(handOn === 'yes' && { handOn: true }),
    ...says,
  });
}

/**
 * Reads the rows of the table form.
 * @throws BadLine `bad-policy`, with the line and what was expected
 */
export function* placedTable([head, ...rows]: readonly TableRow[]): InSteps<readonly PlacedGridEntry[]> {
  const entries = new Entries();
  const names = head?.cells.map((name) => name.trim()) ?? [];
  entries.at(head?.line ?? 1, () => {
    const strange = names.find((name) => !(COLUMNS as readonly string[]).includes(name));
    if (strange !== undefined) badPolicy(`Unknown column ${show(strange)}. ${unknownName(strange, COLUMNS)}`);
    const missing = NEEDED.find((name) => !names.includes(name));
    if (missing !== undefined)
      badPolicy(`Expected a column ${missing} in the first row, got ${names.join(', ')}.`);
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice !== undefined) badPolicy(`The column ${twice} appears twice.`);
    return undefined;
  });
  for (const { line, cells } of rows) {
    entries.at(line, () => {
      if (cells.length !== names.length)
        badPolicy(`Expected ${names.length} cells, as in the first row, got ${cells.length}.`);
      return entryOf((name) => cells[names.indexOf(name)] ?? '');
    });
    yield;
  }
  return entries.placed;
}

/** The entries of the table form alone. @throws BadInput `bad-policy`, with the line and what was expected */
export function* readTable(rows: readonly TableRow[]): InSteps<readonly GridEntry[]> {
  return (yield* placedTable(rows)).map(({ entry }) => entry);
}
