import { BSONRegExp, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'bson';
import { openStore, type StoreOptions } from '../../../src/store/open.js';
import type { AuditEntry, StoredInstance } from '../../../src/store/port.js';

/** Values of every type that two kinds of store could take for one another. */
const KINDS = {
  int: 1,
  double: 1.5,
  whole: new Double(2),
  zero: new Double(-0),
  small: new Int32(3),
  long: Long.fromString('9007199254740993'),
  short: Long.fromNumber(4),
  decimal: Decimal128.fromString('0.10'),
  id: new ObjectId('0123456789abcdef01234567'),
  pattern: new BSONRegExp('^a', 'i'),
  time: new Timestamp({ t: 1, i: 2 }),
  bytes: Buffer.from([0, 255]),
  when: new Date(7),
  nothing: null,
  list: [null, true, '', { z: 1, a: [] }],
  order: { z: 1, a: 2 },
};

const entry = (ms: number): AuditEntry => ({
  time: new Date(ms),
  userName: 'ann',
  operation: 'task:read',
  resource: { kind: 'task', id: 't' },
  answer: 'allowed',
  reason: 'r',
});

const instance = (id: string, more: object = {}): StoredInstance => ({
  id,
  name: 'M',
  status: 'running',
  data: KINDS,
  items: [{ id: `${id}-1`, seq: 1, type: 'bpmn:UserTask', status: 'wait' }],
  guard: { rev: 1, open: ['|u:ann'], read: ['|u:ann'], items: {} },
  source: '<definitions/>',
  svg: '<svg/>',
  logs: ['first', KINDS],
  savePoints: { one: KINDS },
  ...more,
});

/** Puts something into each part of a store, through its interface. */
export async function fill(options: StoreOptions): Promise<void> {
  const store = await openStore(options);
  await store.install();
  const { instances, models, users, audit, policies } = store;
  await instances.insert(instance('i1'));
  await instances.update('i1', 1, { guard: { rev: 2 } }, { lines: ['second', { n: 1 }], most: 1000 });
  await instances.update('i1', 2, { guard: { rev: 3 } }, { lines: ['third'], most: 1000 });
  await instances.insert(instance('i2', { status: 'end', endedAt: new Date(5), svg: null }));
  await instances.insert({ id: 'bare' });
  for (const id of ['i2', 'bare']) await instances.archive([(await instances.load(id)) as StoredInstance]);
  for (const owner of [null, 'acme', '"quoted"/v/1'])
    await models.put({ name: 'M', owner, source: '<definitions/>', saved: new Date(3), guard: { rev: 1 } });
  for (const userName of ['ann', 'bob "the\u2028builder"'])
    await users.put({ userName, userGroups: ['hr'], passwordHash: 'x', rev: null });
  await audit.append([entry(-5), entry(0), entry(1e12), entry(1e12)]);
  const changes = [{ kind: 'grid', id: 'g1', value: { n: 1 } }] as never;
  for (const tenantId of [null, 'acme', 'a"/v/b']) {
    const at = { tenantId, time: new Date(9), userName: 'ann', source: 'api', count: 1 } as const;
    await policies.append({ ...at, version: 1, changes }, []);
    const parts = { id: `p/${String(tenantId)}`, count: 2 };
    await policies.append({ ...at, version: 2, parts }, [changes, changes]);
    await policies.addSnapshot({ tenantId, version: 2, parts: { id: `s-${String(tenantId)}`, count: 1 } }, [
      changes,
    ]);
  }
  for (const namespace of ['keys', 'a":b', 'sessions'])
    for (const key of ['one', '', 'a:"b"']) await store.values(namespace).set(key, KINDS);
  await store.values('sessions').set('ends', 'later', new Date(8e15));
  await store.values('sessions').set('ended', 'before', new Date(5));
  await store.close();
}

/** Adds so many entries to the audit trail, so that copying it takes a while. */
export async function lengthen(options: StoreOptions, entries: number): Promise<void> {
  const store = await openStore(options);
  await store.audit.append(Array.from({ length: entries }, (_, at) => entry(2e12 + at)));
  await store.close();
}
