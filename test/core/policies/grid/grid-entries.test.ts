import { changedSet, ENTRIES, readChanges } from '../../../../src/core/policy-set/kinds.js';
import { PolicySet, type PolicyChange } from '../../../../src/core/policy-set/policy-set.js';

const label = (id: string, value: unknown = {}): PolicyChange => ({ kind: 'grid-label', id, value });
const rule = (id: string, value: unknown): PolicyChange => ({ kind: 'grid-rule', id, value });
const changed = (set: PolicySet, ...changes: PolicyChange[]): PolicySet =>
  changedSet(set, readChanges(changes));
const LABELS = changed(PolicySet.EMPTY, label('Author'), label('Checker'));

describe('the labels that a rule names', () => {
  test.each([
    ['of its users', 'Allow role Auther to View on process P'],
    ['that it gives', 'Allow all to Perform on task T of process P as Auther'],
    ['in its condition, as a field', 'Allow all to View on process P for {"roles.Auther":"ann"}'],
    ['in its condition, as a value', 'Allow all to View on process P for {"data.by":"$role.Auther"}'],
    ['in a negation', 'Allow all to View on process P for {"$nor":[{"roles.Auther":"ann"}]}'],
    ['in an alternative', 'Allow all to View on process P for {"$or":[{"data.x":1},{"roles.Auther":"ann"}]}'],
  ])('must exist: %s', (_what, sentence) => {
    expect(() => changed(LABELS, rule('r', sentence))).toThrow(
      expect.objectContaining({
        code: 'bad-policy',
        kind: 'grid-rule',
        id: 'r',
        message: 'The rule "r" names the label "Auther", which does not exist. Did you mean Author?',
      }),
    );
    const right = sentence.replace('Auther', 'Author');
    expect(changed(LABELS, rule('r', right)).of('grid-rule').has('r')).toBe(true);
  });

  test('may come with the same change', () => {
    const both = changed(PolicySet.EMPTY, rule('r', 'Allow role New to View on process P'), label('New'));
    expect(both.of('grid-label').has('New')).toBe(true);
  });

  test('cannot be removed while a rule that does not change names them', () => {
    const set = changed(LABELS, rule('r', 'Allow role Author to View on process P'));
    expect(() => changed(set, label('Author', null))).toThrow('names the label "Author"');
    expect(changed(set, label('Checker', null)).of('grid-label').size).toBe(1);
    expect(changed(set, label('Author', null), rule('r', null)).of('grid-rule').size).toBe(0);
  });
});

test('a rule names its process, and the task or event with the types that it can have', () => {
  const entries = ENTRIES.find(({ kinds }) => 'grid-rule' in kinds);
  const named = (sentence: string): unknown[] => {
    const [change] = readChanges([rule('r', sentence)]);
    return [...(entries?.names?.('grid-rule', change?.value) ?? [])];
  };
  expect(named('Allow all to View on system')).toEqual([]);
  expect(named('Allow all to View on process P')).toEqual([{ model: 'P' }]);
  expect(named('Allow all to Perform on task T of process P')).toEqual([
    { model: 'P', element: 'T', types: ['bpmn:UserTask'] },
  ]);
  expect(named('Allow all to View on event E of process P')).toEqual([{ model: 'P', element: 'E' }]);
  expect(named('Allow all to Perform on event E of process P')).toEqual([
    {
      model: 'P',
      element: 'E',
      types: ['bpmn:StartEvent', 'bpmn:IntermediateCatchEvent', 'bpmn:BoundaryEvent', 'bpmn:ReceiveTask'],
    },
  ]);
  expect([...(entries?.names?.('grid-label', {}) ?? [])]).toEqual([]);
});

test('a grid has at most 10,000 rules; one that is full can still change, and lose some', () => {
  const read = readChanges([rule('r', 'Allow all to View on process P')]);
  const rules = Array.from({ length: 10_000 }, (_, at) => ({ ...read[0], id: `r${at}` }) as PolicyChange);
  const full = changedSet(PolicySet.EMPTY, rules);
  expect(() => changed(full, rule('more', 'Allow all to View on process P'))).toThrow(
    expect.objectContaining({ code: 'too-large', id: 'more', message: expect.stringContaining('10000') }),
  );
  expect(changed(full, rule('r1', 'Restrict all to View on process P')).size).toBe(10_000);
  expect(changed(full, rule('r1', null), rule('more', 'Allow all to View on process P')).size).toBe(10_000);
});
