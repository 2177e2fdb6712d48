import { eq, EVERYTHING } from '../../../src/core/condition/condition.js';
import { Parts } from '../../../src/core/parts.js';
import { Compilations } from '../../../src/core/decision/compilations.js';
import type { Policy, PolicyAnswer, Rule } from '../../../src/core/policy.js';
import { Predicates } from '../../../src/core/decision/predicates.js';
import { SecureUser } from '../../../src/core/principal.js';
import { Answers, type AskedRule } from '../../../src/core/decision/rule-lists.js';
import { HOSTILE_VALUES, polluted } from '../hostile.js';

const ANN = new SecureUser({ userName: 'ann' });
const RULE = { id: 'all', says: 'all may', when: EVERYTHING };

const answers = (): Answers =>
  new Answers('p', new Predicates(), new Parts(), { permits: new WeakMap(), restricts: new WeakMap() });

/** The rules of an answer, by their effect. */
function readAnswer(answer: unknown): Record<string, unknown> {
  const { all } = answers().of(answer as never, 'task:read');
  return Object.fromEntries(all.lists.map(({ effect, rules }) => [effect, rules.map(({ rule }) => rule)]));
}

test('a missing list is one without rules', () => {
  expect(readAnswer({})).toEqual({});
  expect(readAnswer({ permissive: [RULE], restrictive: undefined })).toEqual({
    permits: [RULE],
  });
});

test.each<[what: string, answer: unknown, message: RegExp]>([
  ['nothing', undefined, /object, got undefined/],
  ['true', true, /object, got true/],
  ['a list of rules', [RULE], /object, got/],
  ['a promise', Promise.resolve({ restrictive: [] }), /must return its answer, not a promise/],
  ['a misspelt list', { restrict: [RULE] }, /got "restrict"/],
  ['a list of another system', { permissive: [RULE], deny: [RULE] }, /got "deny"/],
  ['a text as list', { permissive: 'all' }, /permissive must be a list of rules, got "all"/],
  ['null as list', { restrictive: null }, /restrictive must be a list of rules, got null/],
  ['one rule as list', { restrictive: RULE }, /restrictive must be a list/],
])('%s is refused', (_what, answer, message) => {
  expect(() => readAnswer(answer)).toThrow(TypeError);
  expect(() => readAnswer(answer)).toThrow(message);
});

test('no hostile value is accepted as an answer without restrictions', () => {
  for (const value of HOSTILE_VALUES.filter(
    (one) =>
      Object.keys(Object(one) as object).length > 0 ||
      typeof one !== 'object' ||
      one === null ||
      Array.isArray(one),
  ))
    expect(() => readAnswer(value)).toThrow(TypeError);
});

test('inherited lists are not an answer', () => {
  expect(polluted({ permissive: [RULE] }, () => readAnswer({}))).toEqual({});
});

describe('the answers of a policy', () => {
  const { freeze } = Object;
  const when = eq('item.a', 1);
  const rule = freeze({ id: 'r', says: 'a rule', when });
  const made = answers;
  const READ = 'task:read';

  test('have their rules with the policy, the effect and the parts that they speak of', () => {
    const speaks = { id: 's', says: 'of the instance', when: eq('instance.name', 'M') };
    const { all, restricts } = made().of({ permissive: [rule], restrictive: [speaks] }, READ);
    expect(all.lists.map(({ effect, parts }) => [effect, [...parts]])).toEqual([
      ['permits', ['item']],
      ['restricts', ['instance']],
    ]);
    expect(all.lists[0]?.rules).toMatchObject([{ policy: 'p', effect: 'permits', rule }]);
    expect(restricts.lists.map(({ rules }) => rules.map((one) => one.rule))).toEqual([[speaks]]);
    const holds = all.lists[0]?.rules[0]?.holds;
    expect([1, 2].map((a) => holds?.({ item: { a } }, new SecureUser({ userName: 'ann' })))).toEqual([
      true,
      false,
    ]);
  });

  test('without rules are kept, and have no lists', () => {
    for (const answer of [{}, { permissive: [] }, { permissive: [], restrictive: [] }])
      expect(made().of(answer, READ)).toMatchObject({
        all: { lists: [], isKept: true },
        restricts: { lists: [], isKept: true },
      });
    expect(made().of({ permissive: [rule] }, READ).restricts).toMatchObject({ lists: [], isKept: true });
  });

  test('that nobody can change are read once, for each operation', () => {
    const answers = made();
    const fixed = freeze({ permissive: freeze([rule]), restrictive: freeze([rule]) });
    const first = answers.of(fixed, READ);
    expect(first).toMatchObject({ isFixed: true, all: { isKept: true }, restricts: { isKept: true } });
    expect(answers.of(fixed, READ)).toBe(first);
    expect(answers.of(fixed, 'task:take')).toBe(first);
    expect([...first.operations]).toEqual([READ, 'task:take']);
  });

  test('of another version of the policy are read anew, and its rules are not', () => {
    const compilations = new Compilations();
    const rulesOf = (policy: Policy): readonly AskedRule[] | undefined =>
      compilations.answersOf(policy).of(policy.answer(ANN, READ, {}), READ).all.lists[0]?.rules;
    const version = (more: Rule): Policy => {
      const answer = freeze({ permissive: freeze([rule, more]) });
      return { name: 'p', answer: () => answer };
    };
    const [one, other] = ['one', 'other'].map((id) => freeze({ ...rule, id })) as [Rule, Rule];
    const [before, after] = [rulesOf(version(one)), rulesOf(version(other))];
    expect(after?.map((asked) => asked.rule.id)).toEqual(['r', 'other']);
    expect(after?.[0]).toBe(before?.[0]);
    expect(rulesOf({ ...version(one), name: 'another' })?.[0]).toMatchObject({ policy: 'another', rule });
  });

  test.each<[string, PolicyAnswer]>([
    ['an answer', { permissive: freeze([rule]) }],
    ['a list', freeze({ permissive: [rule] })],
    ['the second list', freeze({ permissive: freeze([rule]), restrictive: [rule] })],
    ['a rule', freeze({ permissive: freeze([rule, { ...rule }]) })],
    ['a condition', freeze({ permissive: freeze([freeze({ ...rule, when: { ...when } })]) })],
    [
      'what a getter answers',
      freeze({
        get permissive() {
          return freeze([rule]);
        },
      }),
    ],
    [
      'the condition that a getter answers',
      freeze({
        permissive: freeze([
          freeze({
            id: 'r',
            says: 'a rule',
            get when() {
              return when;
            },
          }),
        ]),
      }),
    ],
  ])('are read anew where %s may change', (_what, answer) => {
    const answers = made();
    const first = answers.of(answer, READ);
    expect(first).toMatchObject({ isFixed: false, all: { isKept: false } });
    expect(answers.of(answer, READ)).not.toBe(first);
  });

  test('share the lists that nobody can change', () => {
    const answers = made();
    const list = freeze([rule]);
    const [first, second] = [answers.of({ permissive: list }, READ), answers.of({ permissive: list }, READ)];
    expect(second.all.lists[0]).toBe(first.all.lists[0]);
    const loose = [rule];
    const [third, fourth] = [
      answers.of({ permissive: loose }, READ),
      answers.of({ permissive: loose }, READ),
    ];
    expect(fourth.all.lists[0]).not.toBe(third.all.lists[0]);
  });

  test('are asked for each operation whether its resources have the parts', () => {
    const answers = made();
    const fixed = freeze({ permissive: freeze([freeze({ ...rule, when: eq('start.elementId', 'e') })]) });
    expect(() => answers.of(fixed, 'instance:start')).not.toThrow();
    expect(() => answers.of(fixed, 'task:read')).toThrow(TypeError);
  });
});
