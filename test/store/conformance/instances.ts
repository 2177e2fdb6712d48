import { Binary, ObjectId } from 'bson';
import type { Store } from '../../../src/store/port.js';

type Get = () => Store;

/** Instances one at a time: what is written is what is read, once, by who expected it. */
export function instances(store: Get): void {
  test('stored values keep their types; undefined becomes null', async () => {
    const id = new ObjectId('0123456789abcdef01234567');
    const data = {
      date: new Date(5),
      id,
      bytes: new Binary(Buffer.from('ab'), 0),
      none: undefined,
      list: [undefined, null],
      zero: 0,
      text: '',
      deep: { a: { b: [[1]] } },
      pattern: /a/i,
    };
    await store().instances.insert({ id: 'types', data, logs: ['line'], svg: undefined });
    const found = await store().instances.load('types');
    expect(found).toMatchObject({
      logs: ['line'],
      svg: null,
      data: {
        date: new Date(5),
        none: null,
        list: [null, null],
        zero: 0,
        text: '',
        deep: { a: { b: [[1]] } },
        pattern: /a/i,
      },
    });
    const read = found?.data as { date: unknown; id: ObjectId; bytes: Binary };
    expect(read.date).toBeInstanceOf(Date);
    expect(id.equals(read.id)).toBe(true);
    expect(Buffer.from(read.bytes.buffer.subarray(0, read.bytes.position)).toString()).toBe('ab');
    expect(String(found?._id)).toMatch(/^[0-9a-f]{24}$/);
  });

  test('a key __proto__ in data stays a field and changes no prototype', async () => {
    await store().instances.insert({
      id: 'proto',
      data: JSON.parse('{"__proto__": {"admin": true}, "a": 1}') as Record<string, unknown>,
    });
    const data = (await store().instances.load('proto'))?.data as Record<string, unknown>;
    expect(Object.keys(data).sort()).toEqual(['__proto__', 'a']);
    expect(data.admin).toBeUndefined();
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });

  describe('the log of an instance', () => {
    const logs = async (id: string): Promise<unknown> => (await store().instances.load(id))?.logs;
    const write = (id: string, rev: number, log: unknown[], fields: object = {}): Promise<boolean> =>
      store().instances.update(id, rev, { ...fields, guard: { rev: rev + 1 } }, { lines: log, most: 1000 });

    test('is appended to without being read, and loaded only on request', async () => {
      await store().instances.insert({ id: 'log', guard: { rev: 1 }, logs: ['a'], source: 's' });
      expect(await write('log', 1, ['b', { date: new Date(1), message: 'c' }], { name: 'n' })).toBe(true);
      expect(await write('log', 1, ['lost'])).toBe(false);
      expect(await write('log', 2, [])).toBe(true);
      expect(await write('log', 3, ['d'])).toBe(true);
      expect(await store().instances.load('log')).toMatchObject({
        name: 'n',
        guard: { rev: 4 },
        logs: ['a', 'b', { date: new Date(1), message: 'c' }, 'd'],
      });
      const without = await store().instances.load('log', ['logs']);
      expect([without?.source, without?.logs]).toEqual(['s', undefined]);
    });

    test('keeps only its newest lines', async () => {
      const lines = (from: number, count: number): string[] =>
        Array.from({ length: count }, (_, i) => `line ${from + i}`);
      await store().instances.insert({ id: 'long', guard: { rev: 1 }, logs: ['first'] });
      for (let i = 0; i < 40; i++) await write('long', i + 1, lines(i * 30, 30));
      expect(await logs('long')).toEqual(lines(200, 1000));
      await write('long', 41, lines(5000, 3000));
      expect(await logs('long')).toEqual(lines(7000, 1000));
    });

    test('is created if missing or not a list', async () => {
      await store().instances.insert({ id: 'none', guard: { rev: 1 } });
      await store().instances.insert({ id: 'null', guard: { rev: 1 }, logs: null });
      for (const id of ['none', 'null']) {
        expect(await write(id, 1, ['a'])).toBe(true);
        expect(await write(id, 2, ['b'])).toBe(true);
        expect(await logs(id)).toEqual(['a', 'b']);
      }
    });

    test('can be replaced, but not replaced and appended to at once', async () => {
      await store().instances.insert({ id: 'set', guard: { rev: 1 }, logs: ['a'] });
      await write('set', 1, ['b']);
      expect(await write('set', 2, [], { logs: ['c'] })).toBe(true);
      expect(await logs('set')).toEqual(['c']);
      await write('set', 3, ['d']);
      expect(await logs('set')).toEqual(['c', 'd']);
      await expect(write('set', 4, ['e'], { logs: [] })).rejects.toThrow();
      expect(await logs('set')).toEqual(['c', 'd']);
    });

    test('is removed with its instance: a new instance with that id starts empty', async () => {
      await store().instances.insert({ id: 'again', guard: { rev: 1 }, logs: ['a'] });
      await write('again', 1, ['b']);
      await store().instances.remove(['again'], {});
      await store().instances.insert({ id: 'again', guard: { rev: 1 } });
      expect(await logs('again')).toBeUndefined();
    });
  });

  test('changing an argument after the call does not change the stored document', async () => {
    const document = { id: 'in', data: { list: [1] }, logs: ['a'], items: [{ id: 'in-1' }] };
    const inserted = store().instances.insert(document);
    document.data.list.push(2);
    document.logs.push('b');
    (document.items[0] as { id: string }).id = 'other';
    await inserted;
    expect(await store().instances.load('in')).toMatchObject({
      data: { list: [1] },
      logs: ['a'],
      items: [{ id: 'in-1' }],
    });
    const fields = { data: { list: [3] }, logs: ['c'] };
    const updated = store().instances.update('in', undefined, fields);
    fields.data.list.push(4);
    fields.logs.push('d');
    expect(await updated).toBe(true);
    expect(await store().instances.load('in')).toMatchObject({ data: { list: [3] }, logs: ['c'] });
  });

  test.each(['find', 'load', 'findItems'] as const)(
    'changing a result of %s does not change the stored document',
    async (way) => {
      const { instances: all } = store();
      const id = `out-${way}`;
      await all.insert({
        id,
        data: { list: [1], at: new Date(1), bytes: new Binary(Buffer.from('a')) },
        logs: ['a'],
        items: [{ id: `${id}-1`, seq: 1 }],
      });
      const read = async (): Promise<Record<string, unknown>> => {
        if (way === 'load') return (await all.load(id)) as Record<string, unknown>;
        const rows =
          way === 'find'
            ? await all.find({ filter: { id } })
            : await all.findItems({ before: { id }, each: {}, needsAll: false });
        return rows[0] as unknown as Record<string, unknown>;
      };
      const before = await read();
      const data = before.data as { list: number[]; at: Date; bytes: Binary };
      data.list.push(2);
      data.at.setTime(9);
      data.bytes.buffer[0] = 0;
      (before.logs as string[] | undefined)?.push('b');
      const after = await read();
      expect(after.data).toMatchObject({ list: [1], at: new Date(1) });
      expect((after.data as { bytes: Binary }).bytes.buffer[0]).toBe('a'.charCodeAt(0));
      if (way !== 'findItems') expect(after.logs).toEqual(['a']);
    },
  );

  test('inserting an existing id is a conflict and keeps the first document', async () => {
    await store().instances.insert({ id: 'twice', name: 'first' });
    await expect(store().instances.insert({ id: 'twice', name: 'second' })).rejects.toMatchObject({
      code: 'conflict',
      status: 409,
    });
    expect(await store().instances.load('twice')).toMatchObject({ name: 'first' });
  });

  test('an update with another revision changes nothing', async () => {
    const { instances: all } = store();
    await all.insert({ id: 'rev', name: 'a', guard: { rev: 3 } });
    expect(await all.update('rev', 2, { name: 'b' })).toBe(false);
    expect(await all.update('rev', undefined, { name: 'b' })).toBe(false);
    expect(await all.update('nobody', undefined, { name: 'b' })).toBe(false);
    expect(await all.update('rev', 3, { name: 'c', guard: { rev: 4 } })).toBe(true);
    expect(await all.load('rev')).toMatchObject({ id: 'rev', name: 'c', guard: { rev: 4 } });
  });

  test('of 100 concurrent writes of one revision exactly one succeeds', async () => {
    const { instances: all } = store();
    await all.insert({ id: 'race', guard: { rev: 1 } });
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        all.update('race', 1, { name: `writer ${i}`, logs: [i], guard: { rev: 2 } }),
      ),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    const winner = results.indexOf(true);
    expect(await all.load('race')).toMatchObject({
      name: `writer ${winner}`,
      logs: [winner],
      guard: { rev: 2 },
    });
  });

  test('of 50 concurrent inserts of one id exactly one succeeds', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) => store().instances.insert({ id: 'first', name: `${i}` })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await store().instances.count({ filter: { id: 'first' } })).toBe(1);
  });

  test.each(['id', '_id', 'data.x', '$set', ''])('an update cannot set the field %j', async (field) => {
    await expect(store().instances.update('rev', 4, { [field]: 1 })).rejects.toMatchObject({
      cause: expect.any(TypeError) as unknown,
    });
  });

  test('find returns large fields unless they are omitted, and they can be set separately', async () => {
    const { instances: all } = store();
    await all.insert({
      id: 'large',
      source: '<xml/>',
      svg: '<svg/>',
      logs: ['a'],
      savePoints: { a: 1 },
      loops: [1],
      guard: { rev: 1 },
    });
    await all.update('large', 1, { logs: ['a', 'b'] });
    expect((await all.find({ filter: { id: 'large' } }))[0]).toMatchObject({
      source: '<xml/>',
      svg: '<svg/>',
      logs: ['a', 'b'],
      savePoints: { a: 1 },
    });
    const [row] = await all.find({
      filter: { id: 'large' },
      without: ['source', 'svg', 'logs', 'savePoints', 'loops'],
    });
    expect(Object.keys(row as object).sort()).toEqual(['_id', 'guard', 'id']);
  });

  test.each(['source', 'logs.0'])('large field %s cannot be queried', async (field) => {
    await expect(store().instances.find({ filter: { $or: [{ [field]: 'x' }] } })).rejects.toMatchObject({
      code: 'failed',
      cause: expect.any(TypeError) as unknown,
    });
    await expect(store().instances.find({ filter: {}, sort: [[field, 1]] })).rejects.toMatchObject({
      code: 'failed',
    });
  });

  test('remove deletes what the filter still matches, and frees the ids', async () => {
    const { instances: all } = store();
    for (const [id, status] of [
      ['r1', 'end'],
      ['r2', 'running'],
      ['r3', 'end'],
    ] as const)
      await all.insert({ id, status, logs: [id], items: [{ id: `${id}-1` }] });
    expect(await all.remove(['r1', 'r2', 'r1', 'nobody'], { status: 'end' })).toBe(1);
    expect(await all.load('r1')).toBeUndefined();
    expect(await all.count({ filter: { id: { $in: ['r1', 'r2', 'r3'] } } })).toBe(2);
    expect(await all.findItems({ before: { 'items.id': 'r1-1' }, each: {}, needsAll: false })).toEqual([]);
    await all.insert({ id: 'r1' });
    expect(await all.load('r1')).not.toHaveProperty('logs');
  });

  test('archiving a document twice is not an error', async () => {
    const document = { id: 'old', name: 'n', logs: ['x'] };
    await store().instances.insert(document);
    const stored = await store().instances.load('old');
    await store().instances.archive([stored as { id: string }]);
    await store().instances.archive([stored as { id: string }]);
    await store().instances.archive([]);
  });

  test('distinct values are returned once, in order', async () => {
    const { instances: all } = store();
    for (const [i, name] of ['b', 'a', 'b', null, undefined].entries())
      await all.insert({ id: `d${i}`, ...(i < 4 && { name: name as string }), status: 'distinct' });
    expect(await all.distinct('name', { filter: { status: 'distinct' } })).toEqual([null, 'a', 'b']);
  });

  test('data that cannot be stored is an error of the caller', async () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    for (const data of [loop, { _bsontype: 'ObjectId', id: 'x' }])
      await expect(store().instances.insert({ id: 'bad', data })).rejects.toMatchObject({
        code: 'bad-data',
        status: 400,
      });
    expect(await store().instances.load('bad')).toBeUndefined();
  });
}
