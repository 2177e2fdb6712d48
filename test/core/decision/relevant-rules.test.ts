import { and, eq, isIn, not, or, type Condition } from '../../../src/core/condition/condition.js';
import { compileForAll } from '../../../src/core/evaluation/evaluate.js';
import { partsOf } from '../../../src/core/parts.js';
import type { Effect } from '../../../src/core/policy.js';
import { SecureUser } from '../../../src/core/principal.js';
import { RelevantRules } from '../../../src/core/decision/relevant-rules.js';
import type { Resource } from '../../../src/core/resource.js';
import type { AskedRule } from '../../../src/core/decision/rule-lists.js';

const KIM = new SecureUser({ userName: 'kim' });
const asked = (id: string, effect: Effect, when: Condition): AskedRule => ({
  policy: 'p',
  effect,
  rule: { id, says: id, when },
  holds: compileForAll(when),
  parts: partsOf(when),
  searched: undefined as never,
});
const NAMES = isIn('instance.name', ['A', 'B']);
const X = eq('instance.data.x', 1);
const RULES = [
  asked('of A', 'permits', and(eq('instance.name', 'A'), X)),
  asked('elsewhere', 'permits', and(not(NAMES), X)),
  asked('anywhere else', 'permits', not(NAMES)),
  asked('not elsewhere', 'restricts', or(NAMES, not(X))),
  asked('anywhere', 'permits', X),
];
const relevant = new RelevantRules(RULES);
const of = (instance: Record<string, unknown>): string[] =>
  relevant.of({ instance } as Resource).map(({ rule }) => rule.id);

test('a rule about all names but some matters for the others only', () => {
  expect(of({ name: 'A' })).toEqual(['of A', 'anywhere']);
  expect(of({ name: 'B' })).toEqual(['anywhere']);
  expect(of({ name: 'C' })).toEqual(['elsewhere', 'anywhere else', 'not elsewhere', 'anywhere']);
});

test('rules that do not matter permit nothing and restrict nothing, whatever the name is', () => {
  for (const name of ['A', 'B', 'C', '', undefined, null, 1, ['A'], ['A', 'C'], [], { A: 1 }])
    for (const x of [0, 1]) {
      const resource = { instance: { name, data: { x } } } as unknown as Resource;
      const found = relevant.of(resource);
      for (const one of RULES)
        if (!found.includes(one)) expect(one.holds(resource, KIM)).toBe(one.effect === 'restricts');
    }
});
