import fc from 'fast-check';
import { printCsv, readCsv as readInTurns } from '../../../../src/engine/policies/grid/csv.js';
import { Turns } from '../../../../src/store/turns.js';
import { CASES } from '../../../support/cases.js';

const readCsv = (text: string): ReturnType<typeof readInTurns> => readInTurns(text, new Turns());

test('what is written as CSV is read again, whatever the cells hold', async () => {
  const cell = fc.oneof(
    fc.string(),
    fc.constantFrom('', ' ', '"', ',', '\r\n', '\n', '\r', 'a"b', '=1+1', '\ufeff'),
  );
  const rows = fc.array(fc.tuple(fc.constant('id'), cell, cell), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(rows, async (given) => {
      expect((await readCsv(printCsv(given))).map(({ cells }) => cells)).toEqual(given);
    }),
    { numRuns: 200 * CASES },
  );
});

test.each(['\n', '\r\n'])(
  'each row has the line in which it begins, with %j between them',
  async (newline) => {
    const text = ['\ufeffid,effect', 'a,b', '', '"c', 'd",e', 'f,g', ''].join(newline);
    expect((await readCsv(text)).map(({ line, cells }) => [line, cells[0]])).toEqual([
      [1, 'id'],
      [2, 'a'],
      [4, `c${newline}d`],
      [6, 'f'],
    ]);
  },
);

test('an unclosed quote is reported with its line', async () => {
  await expect(readCsv('id,effect\n"a,b\n')).rejects.toThrow(
    expect.objectContaining({ code: 'bad-policy' }) as Error,
  );
  await expect(readCsv('id,effect\na,b"c"\n')).rejects.toThrow('Line 2: ');
});

test('a text of many pieces reads as one', async () => {
  const rows = Array.from({ length: 4000 }, (_, at) => [`ü${at}`, '"ß",\r\n'.repeat(at % 7)]);
  const read = await readCsv(printCsv(rows));
  expect(read.map(({ cells }) => cells)).toEqual(rows);
  const lines = rows.map(([, cell = '']) => 1 + cell.split('\n').length - 1);
  const begins = lines.map((_, at) => 1 + lines.slice(0, at).reduce((sum, many) => sum + many, 0));
  expect(read.map(({ line }) => line)).toEqual(begins);
  await expect(readCsv(`${printCsv(rows)}a,b"c"\n`)).rejects.toThrow(
    `Line ${1 + lines.reduce((sum, many) => sum + many, 0)}: `,
  );
});
