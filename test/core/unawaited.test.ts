import { createDecisionPoint, type DecisionPoint } from '../../src/core/decision/decision-point.js';
import type { Policy } from '../../src/core/policy.js';
import { SecureUser } from '../../src/core/principal.js';
import { ignoreRejections } from '../../src/core/unawaited.js';

const ann = new SecureUser({ userName: 'ann' });

/** A promise, and whether somebody has taken its rejection. */
function promised(): { readonly value: PromiseLike<never>; readonly then: jest.Mock } {
  const then = jest.fn();
  return { value: { then } as unknown as PromiseLike<never>, then };
}
const isTaken = async ({ then }: { then: jest.Mock }): Promise<boolean> => {
  await new Promise(setImmediate);
  return then.mock.calls.some((handlers: unknown[]) => typeof handlers[1] === 'function');
};
const policy = (of: Record<string, unknown>): Policy =>
  ({ name: 'p', answer: () => ({}), ...of }) as unknown as Policy;
const rule = { id: 'r', says: 'r' };
const ask = (point: DecisionPoint): unknown => point.ask(ann, 'task:read').failure;
const fields = (point: DecisionPoint): unknown => point.fields(ann);

test.each<[where: string, policy: (value: unknown) => Policy, ask: (point: DecisionPoint) => unknown]>([
  ['the answer', (value) => policy({ answer: () => value }), ask],
  ['a list of rules', (value) => policy({ answer: () => ({ restrictive: value }) }), ask],
  ['a list under an unknown name', (value) => policy({ answer: () => ({ restrict: value }) }), ask],
  ['a rule', (value) => policy({ answer: () => ({ permissive: [value] }) }), ask],
  ['a condition', (value) => policy({ answer: () => ({ permissive: [{ ...rule, when: value }] }) }), ask],
  ['the fields', (value) => policy({ fields: () => value }), fields],
  ['a rule about a field', (value) => policy({ fields: () => [value] }), fields],
  ['its condition', (value) => policy({ fields: () => [{ field: 'data.x', unless: value }] }), fields],
])(
  'a policy that gives a promise for %s fails, and its rejection does not end the process',
  async (_where, of, put) => {
    const promise = promised();
    const point = createDecisionPoint([of(promise.value)]);
    let failure: unknown;
    try {
      failure = put(point);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeDefined();
    expect(await isTaken(promise)).toBe(true);
  },
);

test('the rejection of a real promise is taken, and nothing else happens to an answer', async () => {
  const rejecting = Promise.reject(new Error('late'));
  const then = jest.spyOn(rejecting, 'then');
  ignoreRejections([[{ list: [rejecting] }]]);
  expect(then).toHaveBeenCalled();
  await new Promise(setImmediate);
});

test.each<[what: string, answer: unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'x'],
  ['a function', () => undefined],
  [
    'a getter that throws',
    {
      get restrictive(): never {
        throw new Error('no');
      },
    },
  ],
  [
    'a `then` that cannot be read',
    {
      get then(): never {
        throw new Error('no');
      },
    },
  ],
  [
    'a Proxy that throws',
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    ),
  ],
])('never throws: %s', (_what, answer) => {
  expect(() => ignoreRejections(answer)).not.toThrow();
});

test('looks into what contains itself, and into long lists, for a while only', async () => {
  const loop: Record<string, unknown> = {};
  loop.self = loop;
  ignoreRejections(loop);
  const last = promised();
  ignoreRejections([...Array.from({ length: 2_000 }, () => ({})), last.value]);
  expect(await isTaken(last)).toBe(false);
});
