import { and, eq, EVERYTHING, NOTHING, some, type Condition } from '../../../src/core/condition/condition.js';
import { createDecisionPoint } from '../../../src/core/decision/decision-point.js';
import type { Policy } from '../../../src/core/policy.js';
import { SecureUser } from '../../../src/core/principal.js';
import type { Calls } from '../../../src/engine/enforcement/calls.js';
import { Call } from '../../../src/engine/enforcement/call.js';
import type { InForce } from '../../../src/engine/policy-book/policy-book.js';

const ann = new SecureUser({ userName: 'ann' });
const rule = (id: string, when: Condition) => ({ id, says: `the words of ${id}`, when });
const permits = (when: Condition): Policy => ({
  name: 'p',
  answer: () => ({ permissive: [rule('yes', when)] }),
});
const restricts = (name: string, when: Condition): Policy => ({
  name,
  answer: () => ({ restrictive: [rule('no', when)] }),
});
const broken: Policy = {
  name: 'broken',
  answer: () => {
    throw new Error('no table');
  },
  fields: () => {
    throw new Error('no fields');
  },
};
const ABOUT_ITEMS = some('instance.items', eq('item.status', 'wait'));

/** A call under these policies, and what it has logged. */
function made(policies: readonly Policy[], bypass = false) {
  const [incidents, unmarked]: unknown[][][] = [[], []];
  const calls = {
    bypass,
    incidents: { record: (...of: unknown[]) => incidents?.push(of) },
    unmarked: { record: (...of: unknown[]) => unmarked?.push(of) },
  } as unknown as Calls;
  const call = new Call(ann, { point: createDecisionPoint(policies) } as unknown as InForce, calls);
  return { call, incidents: incidents as unknown[][], unmarked: unmarked as unknown[][] };
}
const untold = (operation: string) =>
  expect.objectContaining({
    code: 'could-not-tell',
    message: `Could not tell whether this is allowed (${operation}).`,
  }) as Error;
describe('an answer that is neither yes nor no', () => {
  const { call, incidents } = made([permits(EVERYTHING), restricts('r', ABOUT_ITEMS)]);
  const resource = { item: {}, instance: {} };

  test.each([
    ['allows', () => call.allows('task:take', resource)],
    ['assert', () => call.assert('task:take', resource, true)],
    ['against', () => call.against('task:take', resource)],
  ])('is an error of its own, with its cause in the log: %s', (_what, ask) => {
    incidents.splice(0);
    expect(ask).toThrow(untold('task:take'));
    expect(incidents).toHaveLength(1);
    const [[kind, what, cause, facts] = []] = incidents;
    expect([kind, what, facts]).toEqual([
      'decision',
      'a rule could not be evaluated',
      { operation: 'task:take' },
    ]);
    expect(cause).toBeInstanceOf(Error);
  });

  test('is not told apart from a resource that is not there, for who may not read it', () => {
    expect(() => call.assert('task:take', resource, false)).toThrow(
      expect.objectContaining({ code: 'not-found' }) as Error,
    );
  });
});

test('a policy that fails is logged once, with its cause', () => {
  const { call, incidents } = made([broken]);
  for (let i = 0; i < 2; i++)
    expect(() => call.allows('task:take', { item: {} })).toThrow(untold('task:take'));
  expect(incidents).toEqual([
    [
      'policy',
      'a policy failed; the answer is "could not tell"',
      new Error('no table'),
      { policy: 'broken', operation: 'task:take' },
    ],
  ]);
});

test('fields that cannot be told are an error of their own, with the cause in the log', () => {
  const { call, incidents } = made([broken]);
  expect(() => call.hiddenFields).toThrow(
    expect.objectContaining({
      code: 'could-not-tell',
      message: 'Could not tell which fields are shown: the policy broken failed.',
    }),
  );
  expect(incidents).toEqual([
    [
      'policy',
      'a policy failed; the answer is "could not tell"',
      new Error('no fields'),
      { policy: 'broken', operation: 'fields' },
    ],
  ]);
});

test('what stands against an operation is named, each policy once', () => {
  const twice: Policy = {
    name: 'q',
    answer: () => ({ restrictive: [rule('one', NOTHING), rule('two', NOTHING), rule('fine', EVERYTHING)] }),
  };
  const { call } = made([permits(EVERYTHING), restricts('r', NOTHING), twice]);
  expect(call.against('task:take', { item: {} })).toEqual({
    permitted: true,
    policies: ['r', 'q'],
    rules: ['r/no', 'q/one', 'q/two'],
    says: ['the words of no', 'the words of one', 'the words of two'],
  });
  expect(made([permits(NOTHING)]).call.against('task:take', { item: {} })).toEqual({
    permitted: false,
    policies: [],
    rules: [],
    says: [],
  });
});

test('a refusal says what it would take, and only to who may read the resource', () => {
  const { call } = made([permits(EVERYTHING), restricts('r', NOTHING)]);
  expect(() => call.assert('task:take', { item: {} }, true)).toThrow(
    expect.objectContaining({
      code: 'forbidden',
      message: expect.stringMatching(/^You may not do this \(task:take\): .*the words of no/) as string,
    }),
  );
  expect(() => call.assert('task:take', { item: {} }, false)).toThrow(
    'No such task, or it is not yours to see.',
  );
});

test('policies are asked once per operation and facts', () => {
  const answer = jest.fn(() => ({ permissive: [rule('yes', EVERYTHING)] }));
  const { call, unmarked } = made([{ name: 'p', answer }]);
  const facts = { starts: true };
  call.allows('task:take', { item: {} });
  call.allows('task:take', { item: {} });
  expect(answer).toHaveBeenCalledTimes(1);
  call.allows('task:take', { item: {} }, facts);
  call.allows('task:take', { item: {} }, facts);
  expect(answer).toHaveBeenCalledTimes(2);
  call.scope('task:take');
  expect(unmarked).toEqual([]);
  call.scope('task:read');
  expect(unmarked).toHaveLength(1);
});

test('who sees a task sees its assignees, unless other rules say so', () => {
  expect(made([permits(EVERYTHING)]).call.seesAllAssignees).toBe(true);
  const apart: Policy = {
    name: 'p',
    answer: (_who, operation) =>
      operation === 'task:assignees' ? { permissive: [rule('yes', and(eq('item.x', 1)))] } : {},
  };
  const { call } = made([apart]);
  expect(call.seesAllAssignees).toBe(false);
  expect(call.hidden?.shows('item', 'candidateUsers')).toEqual(eq('item.x', 1));
  expect(made([permits(EVERYTHING)]).call.hidden).toBeUndefined();
});

test('what is hidden is cut, and cannot be written', () => {
  const hides: Policy = {
    name: 'h',
    answer: () => ({}),
    fields: () => [{ field: 'data.pay', unless: eq('instance.name', 'public') }],
  };
  const { call } = made([hides]);
  const instance = { id: 'i', name: 'M', data: { pay: 1, open: 2 } };
  expect(call.shown(instance as never)).toEqual({ ...instance, data: { open: 2 } });
  expect(() => call.assertWritable(instance as never, ['open', 'pay.net'])).toThrow(
    expect.objectContaining({
      code: 'forbidden',
      message: 'You may not write "pay.net": it is hidden from you.',
    }),
  );
  expect(() => call.assertWritable(instance as never, ['open'])).not.toThrow();
  const { call: open } = made([permits(EVERYTHING)]);
  expect(open.shown(instance as never)).toBe(instance);
});

test('while the rules are switched off everything is allowed, and the decision says so', () => {
  const { call } = made([permits(NOTHING), restricts('r', NOTHING), broken], true);
  expect(call.allows('task:take', {})).toBe(true);
  expect(call.scope('task:read')).toEqual({ kind: 'everything' });
  expect(call.against('task:take', {})).toMatchObject({ policies: [], rules: [], says: [] });
  expect([call.hidden, call.hiddenFields, call.seesAllAssignees]).toEqual([undefined, undefined, true]);
  const decision = call.assert('task:take', {}, false);
  expect(decision).toMatchObject({ allowed: true, operation: 'task:take' });
  expect('couldNotTell' in decision).toBe(false);
  expect(decision.reasons[0]).toEqual({
    policy: 'bypass',
    rule: 'switched-off',
    effect: 'permits',
    holds: true,
    says: 'the rules are switched off by REQUIRE_AUTHENTICATION or ENFORCE_SECURITY',
  });
});
