import { encode } from '../../../src/store/bson/codec.js';
import { ReadInstances } from '../../../src/store/mongo/read-instances.js';

const LARGE = 'x'.repeat(10_000);
const guardAt = (rev: number) => ({ rev, format: 3 });
const known = new ReadInstances();
const read = () =>
  known.made(
    encode({ id: 'i', version: 0, status: 'running', data: { large: LARGE, kept: 1 }, guard: guardAt(1) }),
  );

describe('An update of an instance that was read', () => {
  test('sets what differs, and the guard', () => {
    const data = { large: LARGE, kept: 2 };
    const after = { version: 1, status: 'running', data, guard: guardAt(2) };
    expect(known.update(1, after, read())).toMatchObject({
      where: { 'guard.rev': 1, version: 0 },
      set: { version: 1, 'data.kept': 2, guard: guardAt(2) },
      unset: {},
    });
  });

  test('sets what differs from an update of the same reader that was made', () => {
    const instance = read();
    known.update(1, { guard: guardAt(2) }, instance).made();
    const first = known.update(
      2,
      { version: 1, data: { large: LARGE, added: 3 }, guard: guardAt(3) },
      instance,
    );
    expect(first.set).toEqual({ version: 1, 'data.added': 3, guard: guardAt(3) });
    expect(first.unset).toEqual({ 'data.kept': '' });
    first.made();
    const second = known.update(3, { data: { large: LARGE }, guard: guardAt(4) }, instance);
    expect(second).toMatchObject({
      where: { 'guard.rev': 3, version: 1 },
      set: { guard: guardAt(4) },
      unset: { 'data.added': '' },
    });
    expect(second.set).not.toHaveProperty('data');
  });

  test('sets all where the update before was not made', () => {
    const instance = read();
    known.update(1, { data: { large: LARGE }, guard: guardAt(2) }, instance);
    const after = { data: { large: LARGE }, guard: guardAt(3) };
    expect(known.update(2, after, instance).set).toEqual(after);
    expect(known.update(1, { ...after, guard: guardAt(2) }, instance).unset).toEqual({ 'data.kept': '' });
  });

  test('sets all after an update whose revision is another than the one that was read', () => {
    const instance = read();
    const after = { data: { large: LARGE }, guard: guardAt(6) };
    const update = known.update(5, after, instance);
    expect(update.set).toEqual(after);
    update.made();
    const next = { ...after, guard: guardAt(7) };
    expect(known.update(6, next, instance).set).toEqual(next);
  });
});
