import { Guards, person } from '../support/guards.js';
import { end, model, start, task } from '../support/models.js';

const ALICE = person('alice');

describe('a projection', () => {
  const guards = new Guards('embedded');

  test.each<[string, unknown, object]>([
    [
      'a field below, left out',
      { 'data.secret': 0, items: 0, tokens: 0, startedAt: 0, saved: 0, id: 0 },
      {
        name: 'one',
        status: 'running',
        version: 0,
        endedAt: null,
        parentItemId: null,
        tenantId: null,
        startedBy: 'alice',
        data: { open: 1, list: [{ a: 1, b: 2 }, 3] },
      },
    ],
    ['a field below, shown', { 'data.open': 1, id: 0 }, { data: { open: 1 } }],
    ['one shown beside one that is not', { 'data.open': 1, 'data.secret': 0 }, { data: { open: 1 } }],
    [
      'fields below, in a list of names',
      ['data.list.a', 'items.elementId'],
      {
        data: { list: [{ a: 1 }] },
        items: [{ elementId: 'start' }, { elementId: 'flow_0' }, { elementId: 'do' }],
      },
    ],
    [
      'a field and what is below it',
      ['data.open', 'data', 'data.secret'],
      { data: { open: 1, secret: 2, list: [{ a: 1, b: 2 }, 3] } },
    ],
    ['a field below what has none', ['name.x', 'status'], { status: 'running' }],
  ])('%s', async (_what, projection, expected) => {
    const guard = await guards.make({ models: { one: model([start(), task('do'), end()]) } });
    await guard.api.engine.start('one', { open: 1, secret: 2, list: [{ a: 1, b: 2 }, 3] }, ALICE);
    const [row] = await guard.api.data.findInstances({}, ALICE, {
      projection: projection as never,
    });
    const { id: _id, ...fields } = row as unknown as Record<string, unknown>;
    expect(fields).toEqual(expected);
  });
});
