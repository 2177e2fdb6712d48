import path from 'node:path';
import {
  apiKeys,
  createGuard,
  keyAdmin,
  openStore,
  OPTIONS,
  userAdmin,
  userDirectory,
  type Guard,
} from 'bpmn-guard';
import * as testing from 'bpmn-guard/testing';
import { ADMIN_USER, SILENT } from '../support/guards.js';
import { read } from './sources.js';

type Work = (...args: unknown[]) => unknown;
/** What no argument of a function of the package is, and what is easily handed over by mistake. */
const WRONG: readonly unknown[] = [null, 5, 'text', [], {}, [null], true, () => 1];
/** What the engine that runs beneath says of an argument that was not looked at. */
const UNCHECKED =
  /^Cannot (read|set|destructure|convert)|is not (a function|iterable|a constructor)|circular/;
/** They end the guard, take work of the caller's own, or ask about anything that there is. */
const LEFT_OUT =
  /^(guard\.(close|current|health|install)|guard\.identity\.(run|runAsNobody|refused|refusedLogin))$/;
/** No public function declares more arguments. Those with a default are not counted by `length`. */
const MOST_ARGUMENTS = 5;
/** Of these a wrong object of options is refused, not passed over. */
const WITH_OPTIONS = ['authenticate', 'router', 'errorHandler', 'protect'] as const;

/** The entries of the package, as programs import them. */
const { name: packageName, exports: entries } = JSON.parse(read('package.json')) as {
  name: string;
  exports: Record<string, unknown>;
};
const ENTRIES = Object.keys(entries)
  .filter((entry) => !entry.endsWith('.json'))
  .map((entry) => path.posix.join(packageName, entry));

async function functionsIn(entry: string): Promise<[string, Work][]> {
  const exported = (await import(entry)) as object;
  return Object.entries(exported)
    .filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name))
    .map(([name, value]) => [`${entry}.${name}`, value as Work]);
}

/** The functions of an object and of what it is made of, by their path. */
function functionsOf(object: object, path: string): [string, Work][] {
  return Object.entries(object).flatMap(([name, value]: [string, unknown]): [string, Work][] => {
    const at = `${path}.${name}`;
    if (typeof value === 'function') return LEFT_OUT.test(at) ? [] : [[at, value.bind(object) as Work]];
    const isInner = typeof value === 'object' && value !== null && /^guard\.(api|identity)(\.|$)/.test(at);
    return isInner ? functionsOf(value, at) : [];
  });
}

let guard: Guard;
let functions: [string, Work][];
beforeAll(async () => {
  const store = await openStore({ memory: true });
  guard = await createGuard({ store, env: {}, logger: SILENT });
  const users = userDirectory(store);
  const keys = apiKeys(store, { env: {} });
  functions = [
    ...functionsOf(guard, 'guard'),
    ...functionsOf(users, 'users'),
    ...functionsOf(userAdmin(guard, users), 'userAdmin'),
    ...functionsOf(keys, 'keys'),
    ...functionsOf(keyAdmin(guard, keys), 'keyAdmin'),
    ...(await Promise.all(ENTRIES.map(functionsIn))).flat(),
  ];
});
afterAll(() => guard.close());

/** Calls a function with one argument; the others are missing. What it opens is closed. */
async function called(work: Work, at: number, value: unknown): Promise<void> {
  const args = Array.from({ length: MOST_ARGUMENTS }, (_, index) => (index === at ? value : undefined));
  const made = (await guard.runAs(ADMIN_USER, () => work(...args))) as { close?: () => Promise<void> } | null;
  if (typeof made?.close === 'function') await made.close();
}

test('the functions of every entry of the package are looked at, and none has more arguments', () => {
  expect(ENTRIES).toEqual(['bpmn-guard', 'bpmn-guard/testing']);
  expect(functions.length).toBeGreaterThan(90);
  expect(functions.filter(([, work]) => work.length > MOST_ARGUMENTS).map(([name]) => name)).toEqual([]);
});

test('every public function looks at each of its arguments before it works with it', async () => {
  const unchecked: string[] = [];
  for (const [name, work] of functions)
    for (let at = 0; at < MOST_ARGUMENTS; at++)
      for (const wrong of WRONG) {
        try {
          await called(work, at, wrong);
        } catch (error) {
          const { message } = error as Error;
          if (UNCHECKED.test(message)) unchecked.push(`${name}, argument ${at}, ${typeof wrong}: ${message}`);
        }
      }
  expect(unchecked).toEqual([]);
});

test.each(WITH_OPTIONS)('guard.%s refuses what are no options', (name) => {
  const work = guard[name] as Work;
  for (const wrong of [null, 5, 'text', [], true, Symbol('options')])
    expect(() => work(wrong)).toThrow(/takes an (object|application)/);
});

describe('bpmn-guard/testing', () => {
  /** The values of WRONG that each argument takes all the same. */
  const TAKEN: Readonly<Record<keyof typeof testing, readonly (readonly unknown[])[]>> = {
    createTestGuard: [[{}]],
    principal: [['text'], [[]], [{}]],
    administrator: [[null, 'text']],
  };
  const BEFORE: readonly unknown[] = ['alice', ['hr']];

  test.each(Object.keys(testing) as (keyof typeof testing)[])(
    '%s refuses each argument that it does not take, and says what it takes',
    async (name) => {
      for (const [at, taken] of TAKEN[name].entries())
        for (const wrong of WRONG) {
          const isTaken = taken.some((value) => JSON.stringify(value) === JSON.stringify(wrong));
          const args = [...BEFORE.slice(0, at), wrong];
          const [outcome] = await Promise.allSettled([
            Promise.resolve().then(() => (testing[name] as Work)(...args)),
          ]);
          if (outcome?.status === 'fulfilled') await (outcome.value as Partial<Guard>).close?.();
          else
            expect(String(outcome?.reason)).toMatch(
              /takes an object of|must (be|contain) |takes an object with/,
            );
          expect([name, at, wrong, outcome?.status]).toEqual([
            name,
            at,
            wrong,
            isTaken ? 'fulfilled' : 'rejected',
          ]);
        }
    },
  );

  test.each(Object.keys(OPTIONS.createGuard))('createTestGuard: a slip in %s is refused', async (name) => {
    await expect(testing.createTestGuard({ [`${name}${name.at(-1)}`]: 1 })).rejects.toThrow(
      `Did you mean ${name}?`,
    );
  });

  test('createTestGuard keeps its defaults where an option is undefined', async () => {
    const made = await testing.createTestGuard({ env: undefined, store: undefined } as never);
    expect((await made.health()).ok).toBe(true);
    await made.close();
  });

  test.each(['tenantId', 'modelsOwner', 'attributes'])('principal: a slip in %s is refused', (name) => {
    expect(() => testing.principal('alice', [], { [`${name}${name.at(-1)}`]: 'x' })).toThrow(
      `Did you mean ${name}?`,
    );
  });
});
