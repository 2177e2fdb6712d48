import { ADMIN_USER, Guards, refusal } from '../support/guards.js';

const guards = new Guards('embedded');

function endless(): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  made.a = made;
  return made;
}
const deep = (wrap: (inner: unknown) => unknown): unknown => {
  let made: unknown = {};
  for (let level = 0; level < 100_000; level++) made = wrap(made);
  return made;
};

const INPUTS: readonly (readonly [string, unknown])[] = [
  ['an object that contains itself', endless()],
  ['objects in objects in objects', deep((a) => ({ a }))],
  ['lists in lists in lists', deep((inner) => [inner])],
  ['conditions in conditions', deep((inner) => ({ $and: [inner] }))],
];

const rule = (more: object): unknown[] => [
  'r',
  { effect: 'Allow', users: 'all', privilege: 'View', on: 'system', ...more },
];
/** Places in the arguments of a function where nested input can stand. */
const PLACES: Readonly<Record<string, (input: unknown) => unknown[]>> = {
  first: (input) => [input],
  second: (input) => ['x', input],
  'data of a call': (input) => [{ 'items.id': 'x' }, { a: input }],
  'a change': (input) => [[{ kind: 'grid-rule', id: 'r', value: input }]],
  'a condition of a rule': (input) => rule({ for: input }),
  'users of a rule': (input) => rule({ users: { where: input } }),
  'a condition of a duty': (input) => ['d', { duty: 'not-initiator', model: 'M', for: input }],
  'a filter': (input) => [{ filter: { 'data.x': input } }],
  'attributes of a person': (input) => [{ people: [{ userName: 'a', userGroups: [], attributes: input }] }],
};

type Called = (...args: unknown[]) => unknown;

function functionsIn(api: object, path = ''): [string, Called][] {
  return Object.entries(api).flatMap(([name, member]): [string, Called][] => {
    if (typeof member === 'function') return [[`${path}${name}`, member as Called]];
    return typeof member === 'object' && member !== null && path.split('.').length < 4
      ? functionsIn(member as object, `${path}${name}.`)
      : [];
  });
}

/** A second argument of some functions is a user, which a program passes, not a person. */
const isAboutUser = (error: unknown): boolean =>
  error instanceof TypeError && error.message.startsWith('A user is ');

test.each(INPUTS)(
  'no function of the API ends in an error without a code when it gets %s, wherever it stands',
  async (_what, input) => {
    const api = (await guards.make()).as(ADMIN_USER);
    const without: string[] = [];
    const functions = functionsIn(api);
    expect(functions.length).toBeGreaterThan(80);
    for (const [name, call] of functions)
      for (const [place, args] of Object.entries(PLACES))
        try {
          await call(...args(input));
        } catch (error) {
          const { code } = error as { readonly code?: unknown };
          if (typeof code !== 'string' && !isAboutUser(error))
            without.push(`${name}, ${place}: ${String(error)}`);
        }
    expect(without).toEqual([]);
    const changes = [{ kind: 'grid-rule', id: 'r', value: input }] as never;
    expect(await refusal(api.policies.apply(changes))).toMatchObject({ code: 'bad-policy' });
  },
);
