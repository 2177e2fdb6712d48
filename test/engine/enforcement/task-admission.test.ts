import type { SecureUser } from 'bpmn-guard';
import type { CheckedAssignment } from '../../../src/engine/enforcement/caller-input.js';
import type { Call } from '../../../src/engine/enforcement/call.js';
import {
  ASSIGN,
  assignEffect,
  COMPLETE,
  RELEASE,
  releaseEffect,
  TAKE,
  UNDO_REJECT,
  withData,
} from '../../../src/engine/enforcement/task-admission.js';
import { ADMIN_USER, person } from '../../support/guards.js';

const ann = person('ann');
const callOf = (principal: SecureUser): Call => ({ principal }) as Call;
const item = (assignee?: string) => ({ id: 't', ...(assignee !== undefined && { assignee }) }) as never;
const refused = {
  code: 'forbidden',
  message: 'You may not do this (task:take): the task is not assigned to you.',
};

test('a task is released by who has it, by administrators, and by everybody while the rules are switched off', () => {
  for (const [who, holder, bypass] of [
    [ann, 'ann', false],
    [ann, undefined, false],
    [ADMIN_USER, 'bob', false],
    [ann, 'bob', true],
  ] as const)
    expect(releaseEffect(callOf(who), item(holder), bypass)).toBe(RELEASE);
  expect(() => releaseEffect(callOf(ann), item('bob'), false)).toThrow(expect.objectContaining(refused));
});

describe('what an assignment comes to', () => {
  const assignment = (more: Partial<CheckedAssignment>): CheckedAssignment => ({
    assignee: undefined as never,
    fields: {},
    extras: {},
    ...more,
  });
  const effect = (more: Partial<CheckedAssignment>, holder?: string, who = ann) =>
    assignEffect(callOf(who), assignment(more), item(holder), false);

  test('is to take a task that one gives to oneself, and to assign it to others', () => {
    expect(effect({ assignee: 'ann' })).toBe(TAKE);
    expect(effect({ assignee: 'ann' }, 'bob')).toBe(TAKE);
    expect(effect({ assignee: 'bob' })).toBe(ASSIGN);
    expect(effect({ assignee: 'ann' }, 'ann')).toBe(ASSIGN);
    expect(effect({ assignee: 'admin' }, undefined, ADMIN_USER)).toBe(ASSIGN);
    expect(effect({})).toBe(ASSIGN);
  });

  test('is to release a task that is given to nobody, for who may', () => {
    expect(effect({ assignee: null }, 'ann')).toBe(RELEASE);
    expect(() => effect({ assignee: null }, 'bob')).toThrow(expect.objectContaining(refused));
  });

  test('is both where more is set, in the states that admit both', () => {
    for (const more of [{ fields: { priority: 1 } }, { extras: { colour: 'red' } }]) {
      expect(effect({ assignee: 'ann', ...more })).toEqual({
        operations: ['task:take', 'task:assign'],
        states: TAKE.states.filter((state) => ASSIGN.states.includes(state)),
      });
      expect(effect({ assignee: null, ...more }, 'ann')).toEqual({
        operations: ['task:take', 'task:assign'],
        states: RELEASE.states.filter((state) => ASSIGN.states.includes(state)),
      });
      expect(effect({ assignee: 'bob', ...more })).toBe(ASSIGN);
    }
  });
});

test('data with an assignment needs what completing needs, in the states that admit both', () => {
  const both = withData(ASSIGN);
  expect(both.operations).toEqual(['task:assign', 'task:execute']);
  expect(both.states).toEqual(ASSIGN.states.filter((state) => COMPLETE.states.includes(state)));
  expect(both.states.length).toBeGreaterThan(0);
  expect(both.administratorsToo).toEqual(ASSIGN.states.filter((state) => state === 'delegated'));
  expect(withData({ operations: ['task:take'], states: ['delegated', 'suspended'] })).toEqual({
    operations: ['task:take', 'task:execute'],
    states: [],
    administratorsToo: ['delegated'],
  });
});

test('undoing a rejection is not the same operation as rejecting', () => {
  expect([UNDO_REJECT.facts, UNDO_REJECT.unread]).toEqual([{ undo: true }, 'rejected']);
});
