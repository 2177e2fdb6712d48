import type { Store } from '../../../src/store/port.js';

/** Calls that are wrong in themselves: neither store answers them, and neither is blamed. */
export function mistakes(store: () => Store): void {
  const until = new Date(1e13);
  const owner = { host: 'h', pid: 1, nonce: 'n' };
  const none = undefined as never;
  const item = { before: {}, each: {}, needsAll: false };
  test.each<[string, (store: Store) => Promise<unknown>]>([
    ['find', ({ instances }) => instances.find({ filter: { tenantId: undefined } })],
    ['find in a list', ({ instances }) => instances.find({ filter: { name: { $in: ['a', undefined] } } })],
    [
      'find below $or',
      ({ instances }) => instances.find({ filter: { $or: [{ id: 'a' }, { x: { $ne: none } }] } }),
    ],
    [
      'find below $elemMatch',
      ({ instances }) => instances.find({ filter: { items: { $elemMatch: { id: none } } } }),
    ],
    ['find without a filter', ({ instances }) => instances.find({ filter: none })],
    ['count', ({ instances }) => instances.count({ filter: { id: undefined } })],
    ['exists', ({ instances }) => instances.exists({ filter: { id: undefined } })],
    ['findItems, before', ({ instances }) => instances.findItems({ ...item, before: { id: undefined } })],
    ['findItems, each', ({ instances }) => instances.findItems({ ...item, each: { 'items.id': undefined } })],
    ['countItems', ({ instances }) => instances.countItems({ ...item, each: { 'items.id': undefined } })],
    ['distinct', ({ instances }) => instances.distinct('name', { filter: { id: undefined } })],
    ['load', ({ instances }) => instances.load(none)],
    ['update', ({ instances }) => instances.update(none, undefined, { name: 'x' })],
    ['remove by ids', ({ instances }) => instances.remove([none], {})],
    ['remove by a filter', ({ instances }) => instances.remove(['mistake'], { tenantId: undefined })],
    ['models.find', ({ models }) => models.find({ owner: undefined })],
    ['models.get', ({ models }) => models.get(none, null)],
    ['models.get of no owner', ({ models }) => models.get('mistake', none)],
    ['models.update', ({ models }) => models.update('mistake', none, undefined, { svg: 'x' })],
    ['models.remove', ({ models }) => models.remove(none, null)],
    ['models.rename', ({ models }) => models.rename('mistake', null, none)],
    ['users.find', ({ users }) => users.find(none)],
    ['users.update', ({ users }) => users.update('mistake', { disabled: true }, { passwordHash: none })],
    ['users.remove', ({ users }) => users.remove(none)],
    ['locks.acquire', ({ locks }) => locks.acquire(none, owner, until, () => true)],
    ['locks.renew', ({ locks }) => locks.renew(none, owner, until)],
    ['locks.release', ({ locks }) => locks.release(none, owner)],
    ['values.get', (all) => all.values('v').get(none)],
    ['values.add', (all) => all.values('v').add(none, 1)],
    ['values.delete', (all) => all.values('v').delete(none)],
    ['an unknown operator', ({ instances }) => instances.find({ filter: { name: { $unknown: 1 } } })],
  ])('undefined matches nothing and is refused: %s', async (_name, call) => {
    await store()
      .instances.insert({ id: 'mistake' })
      .catch(() => undefined);
    await store().models.put({ name: 'mistake' });
    await expect(call(store())).rejects.toMatchObject({ code: 'failed', status: 500 });
    expect(await store().instances.exists({ filter: { id: 'mistake' } })).toBe(true);
    expect(await store().models.get('mistake', null)).toBeDefined();
  });
}
