import { createDecisionPoint } from '../../../src/core/decision/decision-point.js';
import { eq, not, or } from '../../../src/core/condition/condition.js';
import type { FieldRule } from '../../../src/core/fields/field-rule.js';
import { FieldTree, FieldTrees } from '../../../src/core/fields/field-tree.js';
import { HiddenFields } from '../../../src/core/fields/hidden-fields.js';
import { SecureUser } from '../../../src/core/principal.js';

const ann = new SecureUser({ userName: 'ann' });
const IS_CASE = eq('instance.guard.isCase', true);
/** Rules about as many fields, each with a condition of its own; they are about cases alone. */
const rulesFor = (count: number): FieldRule[] =>
  Array.from({ length: count }, (_, at) => ({
    field: `data.f${at}`,
    unless: or(not(IS_CASE), eq(`instance.guard.role${at}`, 'ann')),
  }));

/** The hidden fields of as many rules, and how often their conditions are evaluated. */
function counted(count: number) {
  const evaluated: number[] = [];
  class Counting extends FieldTrees {
    override of(rules: readonly FieldRule[]): FieldTree {
      const tree = super.of(rules);
      for (const [at, shown] of tree.conditions.entries()) {
        const { holds } = shown;
        Object.assign(shown, {
          holds: (...given: Parameters<typeof holds>) => {
            evaluated.push(at);
            return holds(...given);
          },
        });
      }
      return tree;
    }
  }
  const fields = HiddenFields.of(rulesFor(count), ann, new Counting()) as HiddenFields;
  return { fields, evaluated };
}

test.each([10, 2000])('of %d rules, those of the names in the data are asked, each once', (count) => {
  const { fields, evaluated } = counted(count);
  const data = { f1: 1, f3: 2, other: 3, list: [{ f1: 5 }], nested: { f2: 6 } };
  const instance = { name: 'M', guard: { isCase: true, role3: 'ann' }, data };
  expect(fields.cut(instance).data).toEqual({ f3: 2, other: 3, list: [{ f1: 5 }], nested: { f2: 6 } });
  expect(evaluated).toEqual([1, 3]);
  expect(fields.hiddenIn(instance, ['f3', 'other', 'f4'])).toBe('f4');
  expect(evaluated).toEqual([1, 3, 3, 4]);
});

test('no rule is asked of an instance that is no case, which stays the same object', () => {
  const { fields, evaluated } = counted(500);
  const instance = { name: 'M', guard: { isCase: false }, data: { f1: 1, f2: 2 } };
  expect(fields.cut(instance)).toBe(instance);
  expect(fields.hiddenIn(instance, ['f1'])).toBeUndefined();
  expect(evaluated).toEqual([]);
});

test('rules with equal conditions are one condition, and a query for what is above them states it once', () => {
  const rules = ['data.a.b', 'data.a.c', 'data.a.d.e'].map((field) => ({
    field,
    unless: not(eq('instance.name', 'M')),
  }));
  expect(new FieldTree(rules).conditions).toHaveLength(1);
  expect(HiddenFields.of(rules, ann)?.shows('data.a')).toEqual(rules[0]?.unless);
  expect(HiddenFields.of(rules, ann)?.shows('data.x')).toBeUndefined();
});

test('the tree of a list that nobody can change is made once; that of another, each time', () => {
  const trees = new FieldTrees();
  const open = rulesFor(2);
  const fixed = Object.freeze(rulesFor(2).map((rule) => Object.freeze(rule)));
  expect(trees.of(fixed)).toBe(trees.of(fixed));
  expect(trees.of(open)).not.toBe(trees.of(open));
  expect([trees.knows(fixed), trees.knows(open), trees.knows(undefined)]).toEqual([true, false, false]);
});

test('rules of several policies hide together', () => {
  const of = (name: string, ...fields: string[]) => ({
    name,
    answer: () => ({}),
    fields: () => fields.map((field) => ({ field, unless: eq('instance.name', 'public') })),
  });
  const point = createDecisionPoint([of('one', 'data.a'), of('two', 'data.b'), of('none')]);
  expect(point.hidden(ann)?.cut({ name: 'M', data: { a: 1, b: 2, c: 3 } }).data).toEqual({ c: 3 });
  expect(createDecisionPoint([of('none')]).hidden(ann)).toBeUndefined();
});

const shownIn = (tree: FieldTree, guard: object): boolean | undefined =>
  tree.shownTogether?.({ instance: { guard } as never }, ann);

test('what all conditions have in common shows all fields together', () => {
  const tree = new FieldTree(rulesFor(2));
  expect(shownIn(tree, { isCase: false })).toBe(true);
  expect(shownIn(tree, { isCase: true, role0: 'ann' })).toBe(false);
});

test('conditions that have nothing in common show nothing together', () => {
  const unless = [eq('instance.guard.a', 1), or(eq('instance.guard.a', 1), eq('instance.guard.b', 1))];
  const made = (...of: typeof unless): FieldTree =>
    new FieldTree(of.map((one, at) => ({ field: `data.f${at}`, unless: one })));
  expect(made(...unless, eq('instance.guard.c', 1)).shownTogether).toBeUndefined();
  expect(new FieldTree([]).shownTogether).toBeUndefined();
  const both = made(...unless);
  expect(shownIn(both, { a: 1 })).toBe(true);
  expect(shownIn(both, { b: 1 })).toBe(false);
});

test('equal conditions are one', () => {
  const rules = [1, 1, 2].map((a, at) => ({ field: `data.f${at}`, unless: eq('instance.guard.a', a) }));
  expect(new FieldTree(rules).conditions).toHaveLength(2);
  const unless = eq('instance.guard.a', 1);
  expect(new FieldTree([0, 1].map((at) => ({ field: `data.f${at}`, unless }))).conditions).toHaveLength(1);
});

test('the tree of a list that nobody can change is kept', () => {
  const trees = new FieldTrees();
  const fixed = Object.freeze(rulesFor(1).map((rule) => Object.freeze(rule)));
  expect(trees.knows(fixed)).toBe(false);
  expect(trees.of(fixed)).toBe(trees.of(fixed));
  expect(trees.knows(fixed)).toBe(true);
  const loose = rulesFor(1);
  expect(trees.of(loose)).not.toBe(trees.of(loose));
  expect(trees.knows(loose)).toBe(false);
});

test.each([undefined, null, 'text', 7, () => 1])('of %p there is no tree', (rules) => {
  expect(new FieldTrees().knows(rules)).toBe(false);
});
