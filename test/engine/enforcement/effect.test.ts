import { statesFor, type Effect } from '../../../src/engine/enforcement/effect.js';
import { ADMIN_USER, person } from '../../support/guards.js';

test('administrators have an effect in more states than others, where there are any for them', () => {
  const effect: Effect = { operations: ['task:take'], states: ['open'] };
  const more: Effect = { ...effect, administratorsToo: ['delegated'] };
  expect([effect, more].map((one) => statesFor(person('ann'), one))).toEqual([['open'], ['open']]);
  expect([effect, more].map((one) => statesFor(ADMIN_USER, one))).toEqual([['open'], ['open', 'delegated']]);
});
