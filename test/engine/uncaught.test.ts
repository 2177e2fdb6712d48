import { Child } from '../support/child.js';
import { end, listener, model, script, service, start, task } from '../support/models.js';
import { lastingPlace, onStores, type Place } from '../support/stores.js';

const LEFT = 'a model left an error that nothing caught';
const UNCAUGHT = 'nothing caught a refusal: a route or task of the application must handle it';

onStores('An error that nothing catches', (kind) => {
  const children: Child[] = [];
  const places: Place[] = [];
  const run = (argument: object): Child => {
    const child = new Child('uncaught.mjs', argument);
    children.push(child);
    return child;
  };
  const place = (): Place => {
    const made = lastingPlace(kind);
    places.push(made);
    return made;
  };
  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
    for (const made of places.splice(0)) await made.remove();
  });

  const models: Record<string, string> = {
    rejection: model([start(), script('s', "Promise.reject(new TypeError('forgotten'))"), task('t'), end()]),
    timer: model([start(), script('s', "setTimeout(() => { throw new Error('in a timer') }, 5)"), end()]),
    immediate: model([
      start(),
      script('s', "setImmediate(() => { throw new Error('soon') })"),
      task('t'),
      end(),
    ]),
    service: model([start(), service('s', 'forgets'), task('t'), end()]),
    listener: model([
      start(),
      task('t', {}, listener('wait', "void (async () => { throw 'a text' })()")),
      end(),
    ]),
    refusal: model([start(), service('s', 'calls'), task('t'), end()]),
    noPrototype: model([start(), script('s', 'Promise.reject(Object.create(null))'), end()]),
    noName: model([
      start(),
      script('s', "Promise.reject(Object.assign(new Error('x'), { name: undefined }))"),
      end(),
    ]),
    getters: model([
      start(),
      script(
        's',
        "setTimeout(() => { throw Object.defineProperty(new Error(), 'message', { get() { throw 1; } }); }, 5)",
      ),
      end(),
    ]),
    traps: model([
      start(),
      script('s', 'Promise.reject(new Proxy({}, { getPrototypeOf() { throw 1; }, get() { throw 1; } }))'),
      end(),
    ]),
    often: model([
      start(),
      script('s', 'for (let i = 0; i < 500; i++) Promise.reject(new Error(String(i)))'),
      end(),
    ]),
  };

  test.each([false, true])(
    'in a model is recorded on its instance and ends nothing (listeners that exit: %p)',
    async (listens) => {
      const child = run({ mode: 'models', models, store: place().options, listens });
      expect(await child.ended()).toMatchObject({ code: 0, signal: null });
      expect(child.facts.at(-1)).toEqual({ alive: true });
      const told = new Map(child.facts.slice(0, -2).map(({ name, ...fact }) => [name as string, fact]));
      const expected: Record<string, [error: string, element: string, status: string]> = {
        rejection: ['TypeError', 's', 'running'],
        timer: ['Error', 's', 'end'],
        immediate: ['Error', 's', 'running'],
        service: ['TypeError', 's', 'running'],
        listener: ['string', 't', 'running'],
        refusal: ['AccessDenied', 's', 'running'],
        noPrototype: ['object', 's', 'end'],
        noName: ['Error', 's', 'end'],
        getters: ['Error', 's', 'end'],
        traps: ['object', 's', 'end'],
      };
      for (const [name, [error, elementId, status]] of Object.entries(expected))
        expect({ name, ...told.get(name) }).toMatchObject({
          name,
          status,
          kept: { count: 1, newest: [{ elementId, error, itemId: expect.any(String) }] },
        });
      const often = told.get('often') as { kept: { count: number; newest: unknown[] } };
      expect(often.kept.count).toBe(500);
      expect(often.kept.newest).toHaveLength(10);
      const { log, reasons } = child.facts.at(-2) as { log: { message: string }[]; reasons: string[] };
      expect(log.filter(({ message }) => message === LEFT)).toHaveLength(20);
      expect(log).toContainEqual({ message: LEFT, error: 'a service forgot', element: 's' });
      expect(reasons).toContain('s: left an error that nothing caught (TypeError)');
      expect(JSON.stringify(reasons)).not.toContain('forgot');
    },
    60_000,
  );

  test.each(['start:awaited', 'start:runAs', 'start:floating'])(
    'which is a refusal in a start script, before it serves, ends it with status 1 and says why (%s)',
    async (mode) => {
      const child = run({ mode, store: place().options });
      const { code, errors } = await child.ended();
      expect([code, child.facts]).toEqual([1, []]);
      expect(errors).toMatch(/AccessDenied.*No such model[^]*code: 'not-found'/);
    },
  );

  test.each([
    ['request', ['not-found', 'not-found']],
    ['adapter', ['unauthenticated']],
  ])('which is a refusal in a process that has had a request is logged (%s)', async (mode, codes) => {
    const child = run({ mode, store: place().options });
    expect(await child.ended()).toMatchObject({ code: 0, signal: null });
    expect((child.facts[0] as { log: unknown[] }).log).toEqual(
      codes.map((code) => ({ message: UNCAUGHT, code })),
    );
  });

  test('which is a refusal of the guard, or has one as its cause, is logged while the process listens', async () => {
    const child = run({ mode: 'refusals', store: place().options });
    expect(await child.ended()).toMatchObject({ code: 0, signal: null });
    const codes = ['not-found', 'bad-query', 'not-found', 'unauthenticated', 'unknown-operation'];
    const ofWrapped = ['not-found', 'not-found', 'not-found'];
    expect((child.facts[0] as { log: unknown[] }).log).toHaveLength(codes.length + ofWrapped.length);
    expect((child.facts[0] as { log: unknown[] }).log).toEqual(
      expect.arrayContaining(codes.map((code) => ({ message: UNCAUGHT, code }))),
    );
  });

  test.each(['imported:rejection', 'imported:timer', 'guarded:rejection', 'guarded:timer', 'closed'])(
    'and is neither ends the process as Node does by itself, with status 1 and the stack (%s)',
    async (mode) => {
      for (const listens of mode.startsWith('imported') ? [false] : [false, true]) {
        const child = run({ mode, store: place().options, listens });
        const { code, errors } = await child.ended();
        expect(code).toBe(listens ? (mode.endsWith('timer') ? 4 : 3) : 1);
        expect(child.facts).toEqual([]);
        if (!listens) expect(errors).toMatch(/Error: a foreign (rejection|throw)\n\s+at .*uncaught\.mjs/);
      }
    },
  );

  test('in a start that fails ends the process with status 1 and says why', async () => {
    const { code, errors } = await run({ mode: 'badStart' }).ended();
    expect(code).toBe(1);
    expect(errors).toContain('createGuard needs the option store');
  });
});
