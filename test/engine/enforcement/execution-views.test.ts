import type { Call } from '../../../src/engine/enforcement/call.js';
import { executionView, instanceView } from '../../../src/engine/enforcement/views.js';
import type { StoredInstance, StoredItem } from '../../../src/store/port.js';
import { Turns } from '../../../src/store/turns.js';
import { INSTANCE, item } from './viewed.js';

/** A call of who may read these items, and the instance if `readable`. */
function caller(readable: boolean, mayRead: (item: StoredItem) => boolean = () => true, all = true): Call {
  return {
    principal: { userName: 'ann' },
    turns: new Turns(),
    seesAllAssignees: all,
    hiddenFields: undefined,
    shown: (instance: StoredInstance) => instance,
    mayReadInstance: () => readable,
    allows: (operation: string, { item: one }: { item: StoredItem }) =>
      operation === 'task:read' ? mayRead(one) : operation === 'task:assignees' && one.id === 't1',
  } as unknown as Call;
}
const TWO = { ...INSTANCE, items: [item(), item({ id: 't2', assignee: 'bob' })] } as StoredInstance;
const token = {
  id: 1,
  type: 'Primary',
  status: 'wait',
  parentToken: null,
  startNodeId: 's',
  currentNode: 'T',
  itemsKey: 'k',
};

describe('an instance', () => {
  test('has the items that may be read, and its tokens for who may read it', async () => {
    const view = await instanceView(
      caller(true, ({ id }) => id === 't2'),
      TWO,
    );
    expect(view.items.map(({ id }) => id)).toEqual(['t2']);
    expect(view).toMatchObject({ id: 'i', startedBy: 'sam', tokens: [token] });
    expect(view).not.toHaveProperty('itemsCut');
    expect(view).not.toHaveProperty('source');
    expect(await instanceView(caller(true), TWO, true)).toMatchObject({ source: '<xml/>' });
    const others = await instanceView(caller(false), TWO);
    expect(others).not.toHaveProperty('tokens');
    expect(others.items[0]).not.toHaveProperty('data');
    expect((await instanceView(caller(true), { ...TWO, tokens: undefined } as never)).tokens).toEqual([]);
  });

  test('shows the people of an item where that is allowed of it', async () => {
    const { items } = await instanceView(
      caller(true, () => true, false),
      TWO,
    );
    expect(items.map(({ candidateUsers }) => candidateUsers)).toEqual([['ann', 'bob'], undefined]);
  });

  test('has what is hidden cut out of the variables of its items', async () => {
    const hiddenFields = {
      cutValue: (_in: unknown, value: object) => ({ ...value, cut: true }),
      hidesIn: () => true,
      part: () => ({}),
    };
    const call = { ...caller(true), turns: new Turns(), hiddenFields } as unknown as Call;
    expect((await instanceView(call, TWO)).items[0]).toMatchObject({ vars: { secret: 1, cut: true } });
    expect((await instanceView(caller(true), TWO)).items[0]?.vars).toEqual({ secret: 1 });
  });

  test('leaves out items beyond the size of an answer, but not the requested one', async () => {
    const large = (id: string) => item({ id, vars: { text: 'x'.repeat(9_000_000) } });
    const instance = { ...TWO, items: [large('a'), large('b'), item({ id: 'c' })] } as StoredInstance;
    const ids = async (wanted?: string) => {
      const { items, itemsCut } = await instanceView(caller(true), instance, false, wanted);
      return [items.map(({ id }) => id), itemsCut];
    };
    expect(await ids()).toEqual([['a'], true]);
    expect(await ids('c')).toEqual([['a', 'c'], true]);
    expect(await ids('b')).toEqual([['a', 'b'], true]);
  });
});

describe('the result of a command', () => {
  const settled = async (): Promise<never> => Promise.reject(new Error('later'));

  test('is what its caller may read, in the shape of an execution', async () => {
    const view = await executionView(caller(true), TWO, 't2', settled);
    const { instance, items } = view;
    expect(view).toMatchObject({ id: 'i', name: 'M', status: 'running', tokens: [token] });
    expect(view.item?.id).toBe('t2');
    expect(view.getItems()).toBe(items);
    expect([instance.logs, items]).toEqual([[], instance.items]);
    expect([view.getData(), view.getData('amount'), view.getData('amount.net')]).toEqual([
      { amount: { net: 5 } },
      { net: 5 },
      5,
    ]);
    expect(view.data).toBe(instance.data);
    expect(instance).not.toHaveProperty('source');
    expect((view as unknown as { execution: unknown }).execution).toBe(view);
    expect(Object.keys(view)).not.toContain('execution');
    expect(() => JSON.stringify(view)).not.toThrow();
    await expect(view.tillDone()).rejects.toThrow('later');
  });

  test('has no item where that may not be read, and no tokens for who may not read the instance', async () => {
    const view = await executionView(
      caller(false, ({ id }) => id === 't1'),
      TWO,
      't2',
      settled,
    );
    expect(view).not.toHaveProperty('item');
    expect(view.tokens).toEqual([]);
    expect(view.data).toEqual({});
  });
});
