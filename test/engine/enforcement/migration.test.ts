import { assertFits, assertMayMigrate } from '../../../src/engine/enforcement/migration.js';
import type { HostDefinition } from '../../../src/engine/model/host.js';
import type { StoredInstance } from '../../../src/store/port.js';

const NODES = new Map(
  Object.entries({ start: 'bpmn:StartEvent', do: 'bpmn:UserTask', sub: 'bpmn:SubProcess' }).map(
    ([id, type]) => [id, { id, type }],
  ),
);
const definition = { nodes: NODES } as unknown as HostDefinition;
const instance = (fields: object): StoredInstance =>
  ({ id: 'i', name: 'M', ...fields }) as unknown as StoredInstance;
const item = (elementId: string, type: string, at = 0) => ({ id: `${elementId} ${at}`, elementId, type });
const wrong = (message: string): Error => expect.objectContaining({ code: 'wrong-state', message }) as Error;

describe('an instance fits a model', () => {
  test('that has all that it has reached, each as an element of the same type', () => {
    const reached = instance({
      items: [item('start', 'bpmn:StartEvent'), item('do', 'bpmn:UserTask')],
      tokens: [
        { startNodeId: 'start', currentNode: 'do' },
        { startNodeId: undefined, currentNode: null },
      ],
      loops: [{ nodeId: 'sub' }, {}],
    });
    expect(() => assertFits(reached, definition)).not.toThrow();
    expect(() => assertFits(instance({}), definition)).not.toThrow();
  });

  test.each<[what: string, fields: object]>([
    ['an item', { items: [item('gone', 'bpmn:UserTask')] }],
    ['the start of a token', { tokens: [{ startNodeId: 'gone' }] }],
    ['the place of a token', { tokens: [{ currentNode: 'gone' }] }],
    ['a loop', { loops: [{ nodeId: 'gone' }] }],
  ])('not if it lacks the element of %s', (_what, fields) => {
    expect(() => assertFits(instance(fields), definition)).toThrow(
      wrong('The model does not have what the instance has reached: gone.'),
    );
  });

  test('not if an element has become another type, also where a token names it first', () => {
    const asScript = { items: [item('do', 'bpmn:ScriptTask')], tokens: [{ currentNode: 'do' }] };
    expect(() => assertFits(instance(asScript), definition)).toThrow(
      wrong('The model does not have what the instance has reached: do.'),
    );
  });

  test('not if it lacks many: five are named, and the others counted', () => {
    const missing = (count: number) =>
      instance({ items: Array.from({ length: count }, (_, at) => item(`e${at}`, 'bpmn:UserTask')) });
    expect(() => assertFits(missing(5), definition)).toThrow(
      wrong('The model does not have what the instance has reached: e0, e1, e2, e3, e4.'),
    );
    expect(() => assertFits(missing(7), definition)).toThrow(
      wrong('The model does not have what the instance has reached: e0, e1, e2, e3, e4 and 2 more.'),
    );
  });
});

test('an instance that runs another model has its name and its owner', async () => {
  const stored = instance({ guard: { startedBy: 'ann', modelsOwner: 'acme' }, data: { x: 1 } });
  /** What the caller is asked for. */
  const on = async (model: object): Promise<unknown> => {
    const assert = jest.fn();
    await assertMayMigrate({ calls: { bypass: true } } as never, { assert } as never, stored, model as never);
    return (assert.mock.calls[0] as unknown[])[1];
  };
  const now = { id: 'i', name: 'N', data: { x: 1 } };
  expect(await on({ name: 'N', owner: 'globex' })).toEqual({
    instance: { ...now, guard: { startedBy: 'ann', modelsOwner: 'globex' } },
  });
  expect(await on({ name: 'N', owner: null })).toEqual({
    instance: { ...now, guard: { startedBy: 'ann', modelsOwner: undefined } },
  });
});
