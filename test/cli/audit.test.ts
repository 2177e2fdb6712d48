import { openStore } from 'bpmn-guard';
import { Guards } from '../support/guards.js';
import { onStores } from '../support/stores.js';
import { Prepared, run, type Ran } from './running.js';

const entry = (second: number, more: object = {}) => ({
  time: new Date(Date.UTC(2026, 0, 1, 0, 0, second)),
  userName: 'ann',
  operation: 'task:take',
  resource: { kind: 'task', id: `t${second}` },
  answer: 'allowed' as const,
  reason: 'tested',
  ...more,
});

onStores('bpmn-guard audit list', (kind) => {
  const prepared = new Prepared(new Guards(kind));
  const list = (...args: string[]): Promise<Ran> =>
    run(['audit', 'list', '--until', '2026-01-02', ...args, ...prepared.at]);
  const ids = async (...args: string[]): Promise<string[]> =>
    (await list('--json', ...args)).out.map(
      (line) => (JSON.parse(line) as { resource: { id: string } }).resource.id,
    );

  beforeEach(async () => {
    const store = await openStore(prepared.place.options);
    await store.audit.append([
      entry(1, { tenantId: 'a' }),
      entry(2, { userName: 'key:erp', onBehalfOf: 'bob', answer: 'refused', reason: 'forbidden', count: 3 }),
    ]);
    await store.close();
  });

  test('lists the newest entries first, with the user of a key and the number of similar entries', async () => {
    const { code, out } = await list();
    expect(code).toBe(0);
    expect(out.slice(1).map((line) => line.split(/ {2,}/))).toEqual([
      ['2026-01-01 00:00', 'key:erp for bob', 'task:take', 'task t2', 'refused', 'forbidden (3)'],
      ['2026-01-01 00:00', 'ann', 'task:take', 'task t1', 'allowed', 'tested'],
    ]);
  });

  test('selects by tenant, user, answer and time, and stops at the limit', async () => {
    expect(await ids('--tenant', 'a')).toEqual(['t1']);
    expect(await ids('--user', 'ann')).toEqual(['t1']);
    expect(await ids('--tenant', ' a ', '--user', ' ann')).toEqual(['t1']);
    expect(await ids('--answer', 'refused')).toEqual(['t2']);
    expect(await ids('--limit', '1')).toEqual(['t2']);
    expect(await ids('--since', '2026-01-02')).toEqual([]);
  });

  test.each([
    [['--limit', '0'], '--limit must be a number from 1 to 10000'],
    [['--limit', '10001'], '--limit must be a number from 1 to 10000'],
    [['--answer', 'maybe'], '--answer must be one of allowed, refused, failed'],
    [['--tenant', ' '], '--tenant needs a name'],
    [['--user', '*'], '--user needs a name'],
    [['--since', 'yesterday'], '--since must be a date, such as 2030-12-31'],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await list(...args);
    expect(code).not.toBe(0);
    expect(err.join('\n')).toContain(message);
  });
});
