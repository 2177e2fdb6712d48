import * as all from 'bpmn-guard';
import { apiKeys, keyAdmin, openStore, userAdmin, userDirectory, type Guard } from 'bpmn-guard';
import { ADMIN_USER } from '../support/guards.js';

type Work = (...args: unknown[]) => unknown;
/** What no argument of a function of the package is, and what is easily handed over by mistake. */
const WRONG: readonly unknown[] = [null, 5, 'text', [], {}, [null], true, () => 1];
/** What the engine that runs beneath says of an argument that was not looked at. */
const UNCHECKED =
  /^Cannot (read|set|destructure|convert)|is not (a function|iterable|a constructor)|circular/;
/** They end the guard, take work of the caller's own, or ask about anything that there is. */
const LEFT_OUT =
  /^(guard\.(close|current|health|install)|guard\.identity\.(run|runAsNobody|refused|refusedLogin))$/;
/** Of these a wrong object of options is refused, not passed over. */
const WITH_OPTIONS = ['authenticate', 'router', 'errorHandler', 'protect'] as const;

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
  const quiet = () => undefined;
  const logger = { info: quiet, warn: quiet, error: quiet };
  guard = await all.createGuard({ store, env: {}, logger });
  const users = userDirectory(store);
  const keys = apiKeys(store, { env: {} });
  const exported = Object.entries(all).filter(
    ([name, value]) => typeof value === 'function' && /^[a-z]/.test(name) && name !== 'createGuard',
  );
  functions = [
    ...functionsOf(guard, 'guard'),
    ...functionsOf(users, 'users'),
    ...functionsOf(userAdmin(guard, users), 'userAdmin'),
    ...functionsOf(keys, 'keys'),
    ...functionsOf(keyAdmin(guard, keys), 'keyAdmin'),
    ...exported.map(([name, value]): [string, Work] => [name, value as Work]),
  ];
});
afterAll(() => guard.close());

test('every public function looks at each of its arguments before it works with it', async () => {
  expect(functions.length).toBeGreaterThan(90);
  const unchecked: string[] = [];
  for (const [name, work] of functions)
    for (let at = 0; at < Math.max(work.length, 1); at++)
      for (const wrong of WRONG) {
        const args = Array.from({ length: Math.max(work.length, 1) }, (_, index) =>
          index === at ? wrong : undefined,
        );
        try {
          await guard.runAs(ADMIN_USER, () => work(...args));
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
