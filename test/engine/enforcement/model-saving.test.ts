import { SecureUser, type Guard, type Policy } from 'bpmn-guard';
import { ne } from '../../../src/core/condition/condition.js';
import { CouldNotTell } from '../../../src/core/errors.js';
import { ADMIN_USER, Guards, person, refusal, type GuardParts } from '../../support/guards.js';
import { end, model, script, start, task } from '../../support/models.js';
import { any, told } from '../../support/told.js';

const [PLAIN, OTHER] = ['ann', 'bob'].map((assignee) => model([start(), task('t', { assignee }), end()])) as [
  string,
  string,
];
const OF_HR = model([start(), task('t', { assignee: 'ann' }), end()], {
  process: { candidateStarterGroups: 'hr' },
});
const CODE = model([start(), script('s', '1'), end()]);
const [dee, zed] = [person('dee', 'DESIGNER'), person('zed')];
/** Keeps dee from reading the model Secret. */
const hides: Policy = {
  name: 'hides',
  waivable: false,
  answer: ({ userName }, operation) =>
    operation === 'model:read' && userName === 'dee'
      ? { restrictive: [{ id: 'secret', says: 'not Secret', when: ne('model.name', 'Secret') }] }
      : {},
};
const guards = new Guards('embedded');
const source = async ({ store }: Guard, name: string): Promise<unknown> =>
  (await store.models.get(name, null))?.source;

test('a user who cannot read a model neither replaces it nor learns of other errors in the call', async () => {
  const guard = await guards.make({ models: { Secret: OF_HR, Open: PLAIN }, policies: [hides] });
  const save = (...args: unknown[]) => guard.as(dee).model.save(...(args as [string, string]));
  const taken = 'conflict: A model of that name already exists.';
  expect(
    await told({
      'another source': () => save('Secret', OTHER),
      'no picture': () => save('Secret', OTHER, 7),
      'no source': () => save('Secret', 'no source'),
      'a section': () => save('Secret', OTHER, null, any({ section: 'ROOT' })),
      'by who saves none': () => guard.api.model.save('Secret', OTHER, null, zed),
      'a new one by who saves none': () => guard.api.model.save('New', OTHER, null, zed),
    }),
  ).toEqual({
    'another source': taken,
    'no picture': taken,
    'no source': taken,
    'a section': taken,
    'by who saves none': expect.stringMatching(/^forbidden: You may not do this \(model:create\)/) as string,
    'a new one by who saves none': expect.stringMatching(
      /^forbidden: You may not do this \(model:create\)/,
    ) as string,
  });
  expect(await source(guard, 'Secret')).toBe(OF_HR);
  await save('Open', OTHER);
  expect(await source(guard, 'Open')).toBe(OTHER);
});

test('the section of a model is given when it is made, and not when it is changed', async () => {
  const guard = await guards.make({ models: { Old: PLAIN } });
  const { model: models, policies } = guard.as(ADMIN_USER);
  await policies.sections.create('hr');
  expect(
    await told({ changed: () => models.save('Old', OTHER, null, undefined, { section: 'hr' }) }),
  ).toEqual({
    changed: 'bad-option: A section can be given to a new model only; move this one with sections.place.',
  });
  expect(await source(guard, 'Old')).toBe(PLAIN);
  await models.save('New', PLAIN, null, undefined, { section: 'hr' });
  const { models: placed } = (await policies.sections.list('hr')) as unknown as { models: unknown[] };
  expect(JSON.stringify(placed)).toContain('New');
});

test('an entry of a saved model names the places of code in it, if there are any', async () => {
  const guard = await guards.make();
  const entry = async (name: string, text: string): Promise<unknown> => {
    await guard.api.model.save(name, text, null, ADMIN_USER);
    return (await guard.store.audit.find({ userName: 'admin', limit: 1 }))[0];
  };
  expect(await entry('Plain', PLAIN)).toMatchObject({
    operation: 'model:create',
    resource: { kind: 'model', name: 'Plain' },
  });
  expect(((await entry('Plain', OTHER)) as { resource: object }).resource).toEqual({
    kind: 'model',
    name: 'Plain',
  });
  expect(await entry('Code', CODE)).toMatchObject({
    operation: 'model:create',
    resource: { kind: 'model', name: 'Code', code: ['script in s'] },
  });
  expect(await entry('Code', CODE)).toMatchObject({ operation: 'model:write' });
});

test('whether a model may hold code is decided about that model, and asked of those that do', async () => {
  const mine: Policy = {
    name: 'mine',
    waivable: false,
    answer: (_who, operation) =>
      operation === 'model:code'
        ? { restrictive: [{ id: 'name', says: 'not Other', when: ne('model.name', 'Other') }] }
        : {},
  };
  const guard = await guards.make({ policies: [mine], models: { Mine: CODE, Other: PLAIN } });
  expect(await refusal(guard.api.model.save('Other', CODE, null, ADMIN_USER))).toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('(model:code)') as string,
  });
  expect([await source(guard, 'Mine'), await source(guard, 'Other')]).toEqual([CODE, PLAIN]);
});

test('the entry of the warnings has a limit, and says whose they are', async () => {
  const guard = await guards.make();
  const tenant = new SecureUser({ userName: 'dee', userGroups: ['DESIGNER'], tenantId: 'acme' });
  const unclear = Array.from({ length: 50 }, (_, at) => task(`t${at}`, { candidateGroups: '{{group}}' }));
  await guard.api.model.save('Unclear', model([start(), ...unclear, end()]), null, tenant);
  const [entry] = await guard.store.audit.find({ userName: 'dee', limit: 1 });
  expect(entry).toMatchObject({
    tenantId: 'acme',
    operation: 'model:create',
    resource: { kind: 'model', name: 'Unclear' },
    reason: expect.stringMatching(/^50 warnings: t0: .*; t1: /) as string,
  });
  expect(entry?.reason).toHaveLength(500);
});

test('a model is saved for their own tenant, where another one has one of that name', async () => {
  const guard = await guards.make({ models: { M: PLAIN } });
  const of = (tenantId: string) => new SecureUser({ userName: 'dee', userGroups: ['DESIGNER'], tenantId });
  await guard.api.model.save('M', OTHER, null, of('acme'));
  const [entry] = await guard.store.audit.find({ userName: 'dee', limit: 1 });
  expect(entry).toMatchObject({ operation: 'model:create' });
  expect(await source(guard, 'M')).toBe(PLAIN);
  expect(await guard.store.models.get('M', 'acme')).toMatchObject({ source: OTHER });
  expect(await refusal(guard.api.model.getSource('M', of('globex')))).toMatchObject({ code: 'not-found' });
});

test.each([
  ['without sections', false],
  ['with sections', true],
])('%s, a model that someone else makes meanwhile is not replaced by a new one', async (_how, sections) => {
  const guard = await guards.make();
  const { store } = guard;
  if (sections) await guard.as(ADMIN_USER).policies.sections.create('hr');
  jest.spyOn(store.models, 'get').mockImplementationOnce(async () => {
    await store.models.put({ name: 'M', owner: null, source: PLAIN } as never);
    return undefined;
  });
  expect(await refusal(guard.api.model.save('M', OTHER, null, ADMIN_USER))).toMatchObject({
    code: 'conflict',
  });
  expect(await source(guard, 'M')).toBe(PLAIN);
  await guard.api.model.save('M', OTHER, null, ADMIN_USER);
  expect(await source(guard, 'M')).toBe(OTHER);
});

test('a new model that is not stored is in no section, unless nobody knows whether it is stored', async () => {
  const guard = await guards.make();
  const { model: models, policies } = guard.as(ADMIN_USER);
  await policies.sections.create('hr');
  const insert = jest.spyOn(guard.store.models, 'insert');
  const save = (name: string) => models.save(name, PLAIN, null, undefined, { section: 'hr' });
  insert.mockResolvedValueOnce(false);
  expect(await refusal(save('Lost'))).toMatchObject({ code: 'conflict' });
  insert.mockRejectedValueOnce(new CouldNotTell('store-unavailable', 'No answer.'));
  expect(await refusal(save('Unknown'))).toMatchObject({ code: 'store-unavailable' });
  await save('Made');
  for (const name of ['Lost', 'Unknown'])
    await guard.store.models.put({ name, owner: null, source: PLAIN } as never);
  const placed = JSON.stringify(await policies.sections.list('hr'));
  expect(['Lost', 'Unknown', 'Made'].filter((name) => placed.includes(name))).toEqual(['Unknown', 'Made']);
});

test('a renaming does not replace a model that someone else has made meanwhile', async () => {
  const guard = await guards.make({ models: { M: PLAIN } });
  const { models } = guard.store;
  const get = models.get.bind(models);
  jest.spyOn(models, 'get').mockImplementation(async (name, owner) => {
    if (name !== 'N') return get(name, owner);
    await models.put({ name: 'N', owner: null, source: OTHER } as never);
    return undefined;
  });
  expect(await refusal(guard.api.model.rename('M', 'N', ADMIN_USER))).toMatchObject({ code: 'conflict' });
  jest.restoreAllMocks();
  expect([await source(guard, 'M'), await source(guard, 'N')]).toEqual([PLAIN, OTHER]);
});

describe('While a model is parsed', () => {
  /** Dee saves `M`; something happens meanwhile, when the parsed model is compared with the stored one. */
  async function savedWhile(parts: GuardParts, happens: (guard: Guard) => Promise<unknown>, text = OTHER) {
    const guard = await guards.make({ models: { M: PLAIN }, ...parts });
    const { models } = guard.store;
    const get = models.get.bind(models);
    let reads = 0;
    jest.spyOn(models, 'get').mockImplementation(async (...args) => {
      // First the decision reads it, then the parser.
      if (++reads === 2) await happens(guard);
      return get(...args);
    });
    const saved = await told({ save: () => guard.as(dee).model.save('M', text) });
    jest.restoreAllMocks();
    return { saved: saved.save, source: await source(guard, 'M') };
  }

  test('a designer who is disabled meanwhile saves nothing', async () => {
    let disabled = false;
    const find = async (userName: string) => ({
      userName,
      userGroups: [userName === 'admin' ? 'ADMIN' : 'DESIGNER'],
      disabled: disabled && userName === 'dee',
    });
    let forget: (userName: string) => void = () => undefined;
    const onChanged = (handler: typeof forget) => ((forget = handler), () => undefined);
    const outcome = await savedWhile({ directory: { find, onChanged } }, async () => {
      disabled = true;
      forget('dee');
    });
    expect(outcome).toEqual({ saved: expect.stringMatching(/^unauthenticated/) as string, source: PLAIN });
  });

  test.each([
    ['the right to change models', 'model:write', OTHER],
    ['the right to save code', 'model:code', CODE],
  ] as const)('a designer who loses %s saves nothing', async (_what, operation, text) => {
    let isLost = false;
    const takes: Policy = {
      name: 'takes',
      answer: ({ userName }, asked) =>
        asked === operation && userName === 'dee' && isLost
          ? { restrictive: [{ id: 'lost', says: 'not dee', when: ne('model.name', 'M') }] }
          : {},
    };
    const outcome = await savedWhile({ policies: [takes] }, async () => (isLost = true), text);
    expect(outcome).toEqual({ saved: expect.stringMatching(/^forbidden/) as string, source: PLAIN });
  });

  test('a model that was deleted is not made again by a change of it', async () => {
    const outcome = await savedWhile({}, ({ store }) => store.models.remove('M', null));
    expect(outcome).toEqual({
      saved: 'conflict: The model was saved or deleted by someone else in the meantime.',
      source: undefined,
    });
  });
});
