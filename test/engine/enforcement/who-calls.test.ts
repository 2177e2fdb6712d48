import { type AccessDenied, SecureUser, SYSTEM_USER } from 'bpmn-guard';
import { readFlags } from '../../../src/engine/contract/environment.js';
import type { Directory } from '../../../src/engine/contract/types.js';
import { EngineUser, Principals } from '../../../src/engine/enforcement/principals.js';
import { Contexts } from '../../../src/engine/execution/context.js';
import { IDLE, NO_INCIDENTS } from '../../support/guards.js';

const ann = new SecureUser({ userName: 'ann', userGroups: ['hr'] });

/** Who is established without a guard around it. `known`: what the directory answers, by name. */
function callers(known?: Record<string, unknown>, env: Record<string, string> = {}) {
  const contexts = new Contexts();
  const asked: string[] = [];
  const find = async (name: string): Promise<never> => {
    asked.push(name);
    const answer = known?.[name];
    if (answer instanceof Error) throw answer;
    return answer as never;
  };
  const directory: Directory | undefined = known && { find };
  return {
    contexts,
    asked,
    principals: new Principals(contexts, directory, readFlags(env), NO_INCIDENTS, IDLE),
  };
}

const refusalOf = async (call: Promise<unknown> | (() => Promise<unknown>)): Promise<string[]> => {
  try {
    await (typeof call === 'function' ? call() : call);
  } catch (error) {
    return [(error as AccessDenied).code ?? (error as Error).name, (error as Error).message];
  }
  return ['no refusal'];
};
const UNKNOWN = ['unauthenticated', 'The user is not known or is disabled.'];
const NOBODY = ['unauthenticated', 'No caller: pass a user, or call inside guard.runAs.'];

describe('The user argument of a call', () => {
  test('is a SecureUser as it is, or an object with a name, where no directory is', async () => {
    const { principals } = callers();
    expect(principals.hasDirectory).toBe(false);
    expect(await principals.of(ann)).toBe(ann);
    const made = await principals.of({ userName: 'bob', userGroups: ['hr'] });
    expect([SecureUser.made(made), made.userName, made.userGroups]).toEqual([true, 'bob', ['hr']]);
    expect((await principals.of({ userName: ' bob ' })).userName).toBe('bob');
  });

  test('is looked up where a directory is, and what it says of groups counts', async () => {
    const { principals, asked } = callers({ ann: { userName: 'ann', userGroups: ['sales'] } });
    expect(principals.hasDirectory).toBe(true);
    expect((await principals.of(ann)).userGroups).toEqual(['sales']);
    expect((await principals.again(ann)).userGroups).toEqual(['sales']);
    expect(asked).toEqual(['ann']);
    principals.forget('ann');
    await principals.of({ userName: 'ann' });
    expect(asked).toEqual(['ann', 'ann']);
  });

  test.each<[what: string, value: unknown]>([
    ['a text', 'ann'],
    ['a number', 7],
    ['an empty object', {}],
    ['a function with another name', () => 'ann'],
    ['true', true],
  ])('is refused as no user: %s', async (_what, value) => {
    expect(await refusalOf(callers().principals.of(value))).toEqual([
      'TypeError',
      'A user must be a SecureUser or an object with a userName.',
    ]);
  });

  test('is refused if its name is not a text, or the object says that the user is disabled', async () => {
    const [code] = await refusalOf(callers().principals.of({ userName: 7 }));
    expect(code).toBe('unauthenticated');
    expect(await refusalOf(callers().principals.of({ userName: 'ann', disabled: true }))).toEqual(UNKNOWN);
  });

  test.each<[what: string, answer: unknown]>([
    ['does not know', undefined],
    ['answers null for', null],
    ['says is disabled', { userName: 'ann', disabled: true }],
  ])('is refused if it is one whom the directory %s', async (_what, answer) => {
    expect(await refusalOf(callers({ ann: answer }).principals.of(ann))).toEqual(UNKNOWN);
  });

  test('is refused if the directory answers for another user', async () => {
    expect(await refusalOf(callers({ ann: { userName: 'root' } }).principals.of(ann))).toEqual([
      'unauthenticated',
      'The directory answered for another user.',
    ]);
    expect((await callers({ ann: { userGroups: ['hr'] } }).principals.of(ann)).userName).toBe('ann');
  });

  test('cannot be told where the directory fails, and the failure is not repeated to the caller', async () => {
    const { principals } = callers({ ann: new Error('mongodb://secret') });
    expect(await refusalOf(principals.of(ann))).toEqual([
      'store-unavailable',
      'The user directory did not answer.',
    ]);
  });

  test.each(['system', 'key:nightly'])('is not the name of a program: %s', async (name) => {
    expect(await refusalOf(callers().principals.of({ userName: name }))).toEqual([
      'unauthenticated',
      'The name belongs to a program; it is not a user name.',
    ]);
  });

  test('may be a program that the guard vouches for, without asking the directory', async () => {
    const { principals, asked } = callers({});
    const key = principals.vouch({ userName: 'key:nightly' });
    expect([await principals.of(key), await principals.of(SYSTEM_USER)]).toEqual([key, SYSTEM_USER]);
    expect(asked).toEqual([]);
    expect((await refusalOf(principals.of(new SecureUser({ userName: 'key:nightly' }))))[0]).toBe(
      'unauthenticated',
    );
  });
});

describe('A call without a user', () => {
  test.each([[undefined], [null]])('is of nobody outside runAs: %s', async (none) => {
    expect(await refusalOf(callers().principals.of(none))).toEqual(NOBODY);
    expect(await refusalOf(callers().principals.of(new EngineUser(none)))).toEqual(NOBODY);
  });

  test.each([[undefined], [null]])('is of the user of runAs inside it: %s', async (none) => {
    const { contexts, principals } = callers();
    await contexts.runAs(ann, async () => {
      expect(await principals.of(none)).toBe(ann);
      expect(await principals.of(new EngineUser(none))).toBe(ann);
    });
  });

  test('is of the developer while there is no login', async () => {
    const { principals } = callers(undefined, { REQUIRE_AUTHENTICATION: 'false' });
    expect(await principals.of()).toBe(principals.developer);
    expect(principals.developer.userName).toBe('developer');
  });
});

describe('The user of server.engine', () => {
  const of = (known: Record<string, unknown> | undefined, given: unknown) =>
    callers(known).principals.of(new EngineUser(given));

  test('is a SecureUser, or a name that the directory knows', async () => {
    expect(await of(undefined, ann)).toBe(ann);
    expect((await of({ ann: { userName: 'ann', userGroups: ['sales'] } }, 'ann')).userGroups).toEqual([
      'sales',
    ]);
    expect(await refusalOf(of({}, 'ann'))).toEqual(UNKNOWN);
  });

  test.each<[what: string, given: unknown]>([
    ['an object', { userName: 'root' }],
    ['a list', ['ann']],
    ['a number', 7],
  ])('is not %s', async (_what, given) => {
    const refused = ['unauthenticated', 'The user of server.engine must be a user name or a SecureUser.'];
    const { contexts, principals } = callers();
    expect(await refusalOf(principals.of(new EngineUser(given)))).toEqual(refused);
    await contexts.runAs(ann, async () => {
      expect(await refusalOf(principals.of(new EngineUser(given)))).toEqual(refused);
    });
  });

  test('is no plain name where no directory is', async () => {
    expect(await refusalOf(of(undefined, 'ann'))).toEqual([
      'unauthenticated',
      'A plain user name needs a user directory, or a call inside guard.runAs.',
    ]);
  });

  test('is, inside runAs, the name of its user and no other', async () => {
    const { contexts, principals } = callers({ ann: { userName: 'ann' }, bob: { userName: 'bob' } });
    await contexts.runAs(ann, async () => {
      expect((await principals.of(new EngineUser(' ann '))).userName).toBe('ann');
      expect(await refusalOf(principals.of(new EngineUser('bob')))).toEqual([
        'unauthenticated',
        'The user name of the call is not that of the calling principal.',
      ]);
    });
  });

  test('is no name in a request that has not reached authenticate, or has left the context of its caller', async () => {
    const { contexts, principals } = callers({ ann: { userName: 'ann' } });
    const answer = (): boolean => false;
    const named = (): Promise<string[]> => refusalOf(principals.of(new EngineUser('ann')));
    expect(await contexts.answering(answer, named)).toEqual(NOBODY);
    const arrived = contexts.outside(() => (contexts.arrived(answer), named()));
    expect(await arrived).toEqual(NOBODY);
    await contexts.answering(answer, () =>
      contexts.runAs(ann, async () => {
        expect((await principals.of(new EngineUser('ann'))).userName).toBe('ann');
      }),
    );
  });

  test('is no plain name once the process serves, since code without a context may be a request that lost it', async () => {
    const serving = { now: false };
    const directory: Directory = { find: async () => ({ userName: 'ann' }) };
    const principals = new Principals(new Contexts(), directory, readFlags({}), NO_INCIDENTS, serving);
    expect((await principals.of(new EngineUser('ann'))).userName).toBe('ann');
    serving.now = true;
    expect(await refusalOf(principals.of(new EngineUser('ann')))).toEqual([
      'unauthenticated',
      'A plain user name counts only until the process serves: pass a SecureUser, or call inside guard.runAs.',
    ]);
    expect((await principals.of(new EngineUser(ann))).userName).toBe('ann');
  });

  test('is no name in a request of nobody, even one that the directory knows', async () => {
    const { contexts, principals } = callers({ ann: { userName: 'ann' } });
    await contexts.runAsNobody(async () => {
      expect(await refusalOf(principals.of(new EngineUser('ann')))).toEqual(NOBODY);
    });
  });
});

describe('The members of a group', () => {
  test('are not known where no directory lists them; then it may have some', async () => {
    for (const { principals } of [callers(), callers({})]) {
      expect(await principals.members('hr', null)).toBeUndefined();
      expect(await principals.hasMembers('hr', null)).toBe(false);
      expect(await principals.mayHaveMembers('hr', null)).toBe(true);
    }
  });

  test('are those that the directory names for the tenant', async () => {
    const seen: unknown[] = [];
    const directory: Directory = {
      find: async () => undefined,
      hasMembers: async (group, tenantId) => {
        seen.push([group, tenantId]);
        return group === 'hr';
      },
      members: async (group, tenantId) => {
        seen.push([group, tenantId]);
        return ['ann'];
      },
    };
    const principals = new Principals(new Contexts(), directory, readFlags({}), NO_INCIDENTS, IDLE);
    expect(await principals.members('hr', 'acme')).toEqual(['ann']);
    expect([await principals.hasMembers('hr', 'acme'), await principals.hasMembers('it', null)]).toEqual([
      true,
      false,
    ]);
    expect([
      await principals.mayHaveMembers('hr', null),
      await principals.mayHaveMembers('it', null),
    ]).toEqual([true, false]);
    expect(seen).toEqual([
      ['hr', 'acme'],
      ['hr', 'acme'],
      ['it', null],
      ['hr', null],
      ['it', null],
    ]);
  });
});

test('a name can get a task only if the directory knows it, enabled, in the tenant of the task', async () => {
  const { principals } = callers({
    ann: { userName: 'ann', tenantId: 'acme' },
    bob: { userName: 'bob' },
    eve: { userName: 'eve', disabled: true },
    odd: new Error('down'),
  });
  expect((await principals.named('ann', 'acme'))?.tenantId).toBe('acme');
  expect((await principals.named('bob', null))?.userName).toBe('bob');
  for (const [name, tenantId] of [
    ['ann', null],
    ['bob', 'acme'],
    ['eve', null],
    ['zoe', null],
  ] as const) {
    expect(await principals.named(name, tenantId)).toBeUndefined();
    expect(await principals.isAssignable(name, tenantId)).toBe(false);
  }
  expect((await refusalOf(principals.named('odd', null)))[0]).toBe('store-unavailable');
});
