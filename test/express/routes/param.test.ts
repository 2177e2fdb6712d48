import { flag, object, optional, projection, query, text, texts } from '../../../src/express/routes/param.js';

const read = <T>(param: { read(value: unknown, name: string): T }, value: unknown): T =>
  param.read(value, 'input');

describe('an input of a route', () => {
  test.each([
    ['a text', text(''), 1, 'input must be a text.'],
    ['an object', object(''), [], 'input must be an object.'],
    ['an object of a class', object(''), new Date(0), 'input must be an object.'],
    ['a list of texts', texts(''), ['a', 1], 'input must be a list of texts.'],
    ['a flag', flag(''), 'true', 'input must be true or false.'],
    ['a projection', projection(''), 'name', 'input must be a list of names, or an object of 0 and 1.'],
    ['a query', query(''), 'x', 'input must be an object.'],
  ])('that must be %s is refused if it is anything else', (_what, param, value, message) => {
    expect(() => read<unknown>(param, value)).toThrow(
      expect.objectContaining({ code: 'bad-request', message }),
    );
  });

  test('that is optional is read like one that is required', () => {
    const param = optional(text(''));
    expect([param.required, read(param, 'a')]).toEqual([false, 'a']);
    expect(() => read(param, 1)).toThrow('input must be a text.');
  });
});

describe('a query in JSON', () => {
  test('converts dates at any depth', () => {
    const at = '2030-01-31T00:00:00.000Z';
    expect(read(query(''), { $and: [{ saved: { $gt: { $date: at } } }] })).toEqual({
      $and: [{ saved: { $gt: new Date(at) } }],
    });
  });

  test.each([['soon'], [1], [null]])('with the date %p is refused', (date) => {
    expect(() => read(query(''), { saved: { $date: date } })).toThrow(
      expect.objectContaining({ code: 'bad-query' }),
    );
  });

  test('that is too deep is refused before it is read completely', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 60; level++) deep = { a: deep };
    expect(() => read(query(''), deep)).toThrow('A query may be at most 40 levels deep.');
  });
});
