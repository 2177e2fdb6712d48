import fc from 'fast-check';
import { printCsv, readCsv } from '../../../../src/engine/policies/grid/csv.js';
import { CASES } from '../../../support/cases.js';

test('what is written as CSV is read again, whatever the cells hold', () => {
  const cell = fc.oneof(
    fc.string(),
    fc.constantFrom('', ' ', '"', ',', '\r\n', '\n', '\r', 'a"b', '=1+1', '\ufeff'),
  );
  const rows = fc.array(fc.tuple(fc.constant('id'), cell, cell), { minLength: 1 });
  fc.assert(
    fc.property(rows, (given) => {
      expect(readCsv(printCsv(given)).map(({ cells }) => cells)).toEqual(given);
    }),
    { numRuns: 200 * CASES },
  );
});

test.each(['\n', '\r\n'])('each row has the line in which it begins, with %j between them', (newline) => {
  const text = ['\ufeffid,effect', 'a,b', '', '"c', 'd",e', 'f,g', ''].join(newline);
  expect(readCsv(text).map(({ line, cells }) => [line, cells[0]])).toEqual([
    [1, 'id'],
    [2, 'a'],
    [4, `c${newline}d`],
    [6, 'f'],
  ]);
});

test('a quote that is not closed is told with its line', () => {
  expect(() => readCsv('id,effect\n"a,b\n')).toThrow(
    expect.objectContaining({ code: 'bad-policy' }) as Error,
  );
  expect(() => readCsv('id,effect\na,b"c"\n')).toThrow('Line 2: ');
});
