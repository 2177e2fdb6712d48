import { CLAIM } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person } from '../../support/guards.js';
import { any, told } from '../../support/told.js';

const own = person('own');
const guards = new Guards('embedded');

test('the data of a case that has ended is neither set nor removed, nor are its roles', async () => {
  const guard = await guards.make({ models: { Claim: CLAIM } });
  const { id } = await guard.api.engine.start('Claim', { x: 1 }, own);
  await guard.api.engine.terminate(id, ADMIN_USER);
  const { cases } = guard.as(own);
  const ended = 'wrong-state: The instance has ended.';
  expect(
    await told({ set: () => cases.setData(id, { x: 2 }), removed: () => cases.removeData(id, ['x']) }),
  ).toEqual({ set: ended, removed: ended });
  expect((await guard.store.instances.load(id))?.data).toEqual({ x: 1 });
});

test('what is set is added to the data, what is removed is gone, and the answer has both', async () => {
  const guard = await guards.make({ models: { Claim: CLAIM } });
  const { id } = await guard.api.engine.start('Claim', { x: 1, y: { z: 1 } }, own);
  const { cases } = guard.as(own);
  expect(await cases.setData(id, { y: 2, a: 3 })).toMatchObject({ id, data: { x: 1, y: 2, a: 3 } });
  expect((await cases.removeData(id, ['x', 'a'])).data).toEqual({ y: 2 });
  expect((await guard.store.instances.load(id))?.data).toEqual({ y: 2 });
  expect(
    await told({ nameless: () => cases.removeData(id, ['']), none: () => cases.setData(id, any(7)) }),
  ).toEqual({
    nameless: 'bad-data: A field of the data is a name without dots that does not begin with $.',
    none: expect.stringMatching(/^bad-data: /) as string,
  });
});
