import { parseCondition, type Policy } from 'bpmn-guard';
import { Guards, person, refusal } from '../support/guards.js';
import { end, model, service, start, task } from '../support/models.js';
import { onStores } from '../support/stores.js';

const ALICE = person('alice');
const MODELS = {
  two: model([
    start({ initiator: 'who' }),
    task('one', { assignee: '$(this.data.who)' }),
    task('two', { assignee: '$(this.data.who)' }),
    end(),
  ]),
};

const LARGE: Policy = {
  name: 'large',
  answer: (_principal, operation) =>
    operation === 'task:execute'
      ? {
          restrictive: [
            {
              id: 'large',
              says: 'not above 1000',
              when: parseCondition({ $nor: [{ 'data.amount': { $gt: 1000 } }] }),
            },
          ],
        }
      : {},
};

onStores('input data that a store would change', (kind) => {
  const guards = new Guards(kind);

  test.each<[string, Record<string, unknown>]>([
    ['at the top', { amount: 5000, $ref: 'a', $id: 'b' }],
    ['the first half of it', { amount: 5000, $ref: 'a' }],
    ['the second half of it', { amount: 5000, $id: 'b' }],
    ['below', { order: { amount: 5000, $ref: 'a', $id: 'b' } }],
    ['in a list', { orders: [{ $ref: 'a', $id: 'b' }] }],
    ["in the task's own variables", { 'vars.$ref': 'a' }],
  ])('a reference %s is refused, and nothing is stored', async (_where, data) => {
    const guard = await guards.make({ models: MODELS, policies: [LARGE] });
    expect((await refusal(guard.api.engine.start('two', data, ALICE))).code).toBe('bad-data');
    expect(await guard.store.instances.count({ filter: {} })).toBe(0);
    const { id } = await guard.api.engine.start('two', { amount: 5000 }, ALICE);
    const invoke = (input: Record<string, unknown>) =>
      refusal(guard.api.engine.invoke({ id, 'items.elementId': 'one' }, input, ALICE));
    expect([(await invoke(data)).code, (await invoke({})).code]).toEqual(['bad-data', 'forbidden']);
  });

  test('other keys with a dollar sign are ordinary data', async () => {
    const guard = await guards.make({ models: MODELS });
    const data = {
      schema: { $id: 'https://x', $defs: { $ref: '#/a', type: 'text' } },
      list: [{ $ref: 'a' }, { $id: 'b' }],
    };
    const { id } = await guard.api.engine.start('two', data, ALICE);
    expect((await guard.api.data.findInstances({ id }, ALICE))[0]?.data).toEqual({ ...data, who: 'alice' });
  });
});

onStores('input data that cannot be stored', (kind) => {
  const guards = new Guards(kind);

  test.each<[string, Record<string, unknown>]>([
    ['a key with a NUL', { 'a\0b': 1 }],
    ['the mark of a BSON value', { _bsontype: 'Long' }],
    ['the mark of a BSON value below', { x: [{ _bsontype: 'ObjectId', id: 'a' }] }],
  ])('%s is refused before a service is called', async (_what, data) => {
    const calls: string[] = [];
    const guard = await guards.make({
      models: { pay: model([start(), service('pay', 'pay'), task('look'), end()]) },
      services: { pay: () => void calls.push('paid') },
    });
    expect((await refusal(guard.api.engine.start('pay', data, ALICE))).code).toBe('bad-data');
    expect(calls).toEqual([]);
    await guard.api.engine.start('pay', { ok: 1 }, ALICE);
    expect(calls).toEqual(['paid']);
  });
});
