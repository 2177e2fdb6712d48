import { readGrid } from '../../../../src/engine/policies/grid/forms.js';
import { Turns } from '../../../../src/store/turns.js';
import { refusal } from '../../../support/guards.js';

const deep = (begin: string, end: string): string => `${begin.repeat(100_000)}1${end.repeat(100_000)}`;
const condition = deep('{"$and":[', ']}');
const CELLS = ['a', 'b', 'c'];

test.each(['[]', '[{"rules": {}}]', 'null', '1', '"text"', '', ' '])(
  'a grid in JSON is an object: nothing else is parsed, such as %j',
  async (text) => {
    const parse = jest.spyOn(JSON, 'parse');
    const refused = await refusal(readGrid('json', text, new Turns()));
    expect(refused).toMatchObject({
      code: 'bad-policy',
      message: 'The grid is not valid JSON: it must be an object.',
    });
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  },
);

test.each<[string, string, string]>([
  ['json', 'a list', deep('[', ']')],
  ['json', 'an object', deep('{"a":', '}')],
  ['json', 'a list in an object', `{"rules": ${deep('[', ']')}}`],
  ['text', 'a condition', `a is b when ${condition}`],
  ['text', 'brackets', deep('(', ')')],
  ['csv', 'a condition', `${CELLS.join(',')}\n"${condition.replaceAll('"', '""')}",b,c\n`],
])('a grid in the form %s that is nested too deeply is refused: %s', async (form, _what, text) => {
  for (let time = 0; time < 3; time++)
    expect((await refusal(readGrid(form, text, new Turns()))).code).toBe('bad-policy');
});
