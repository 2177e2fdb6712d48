import type { Ruling } from '../../../src/core/decision/ruling.js';
import { UnmarkedRules } from '../../../src/engine/enforcement/unmarked-rules.js';

const ruling = (...names: string[]): Ruling =>
  ({ principal: {}, unmarked: () => names, dataPaths: () => [] }) as unknown as Ruling;

test('each rule from which no marks follow is logged once, unless it was found at the start', () => {
  const warn = jest.fn();
  const rules = new UnmarkedRules(
    ['p/known'],
    { info: jest.fn(), warn, error: jest.fn() },
    { want: jest.fn() },
  );
  rules.record(ruling('p/known', 'p/new'));
  rules.record(ruling('p/new', 'p/other'));
  expect(warn.mock.calls).toEqual([
    ['no marks follow from a rule: lists look through all instances of the tenant', { rule: 'p/new' }],
    ['no marks follow from a rule: lists look through all instances of the tenant', { rule: 'p/other' }],
  ]);
  expect(rules.list).toEqual(['p/known', 'p/new', 'p/other']);
  expect(Object.isFrozen(rules.list)).toBe(true);
});

test('a thousand names are kept and logged', () => {
  const warn = jest.fn();
  const rules = new UnmarkedRules([], { info: jest.fn(), warn, error: jest.fn() }, { want: jest.fn() });
  rules.record(ruling(...Array.from({ length: 1001 }, (_, at) => `p/${at}`)));
  expect([rules.list.length, warn.mock.calls.length]).toEqual([1000, 1000]);
});

test('instances get marks for the data that the rules of a list compare', () => {
  const want = jest.fn();
  const rules = new UnmarkedRules([], { info: jest.fn(), warn: jest.fn(), error: jest.fn() }, { want });
  const principal = { tenantId: 'acme' };
  rules.record({ principal, unmarked: () => [], dataPaths: () => ['store'] } as unknown as Ruling);
  expect(want.mock.calls).toEqual([[['store'], 'acme']]);
});
