import { ADMIN_USER, Guards, person } from '../../support/guards.js';
import { end, loop, model, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const ALICE = person('alice');
const V = model([start(), task('vote', { assignee: '$(this.itemKey)' }, loop('$(this.data.voters)')), end()]);
const DATA = { voters: Array(40).fill('alice') as string[], text: 'x'.repeat(200_000) };
/** What a list may be worth as it is sent, and what may come to it beside the rows. */
const MOST = 16_777_216 * 1.1;

onStores('Lists of instances with much data', (kind) => {
  const guards = new Guards(kind);

  async function filled(count: number) {
    const guard = await guards.make({ models: { V } });
    for (let i = 0; i < count; i++) await guard.api.engine.start('V', DATA, ALICE);
    return guard;
  }

  test('of items end within a number of bytes and return a cursor; the pages together contain each item once', async () => {
    const guard = await filled(3);
    const first = await guard.api.data.findItems(
      { 'items.elementId': 'vote', 'items.status': 'wait' },
      ALICE,
    );
    expect(first.length).toBeGreaterThan(10);
    expect(first.length).toBeLessThan(120);
    expect(JSON.stringify(first).length).toBeLessThan(MOST);
    const ids = first.map(({ id }) => id);
    const filter = { 'items.elementId': 'vote', 'items.status': 'wait' };
    for (let after = first.nextCursor; after !== undefined && ids.length < 200;) {
      const page = await guard.api.data.find({ filter, after, limit: 1000 }, ALICE);
      ids.push(...page.data.map(({ items }) => (items as { id: string }).id));
      after = page.nextCursor ?? undefined;
    }
    expect(ids).toHaveLength(120);
    expect(new Set(ids).size).toBe(120);
  });

  test('hold the data of an instance once, however many of its items they show', async () => {
    const guard = await filled(1);
    const rows = await guard.api.data.findItems({ 'items.elementId': 'vote', 'items.status': 'wait' }, ALICE);
    expect(rows.length).toBeGreaterThan(10);
    expect(new Set(rows.map(({ instanceData }) => instanceData)).size).toBe(1);
    const view = await guard.api.engine.get({ id: rows[0]?.instanceId }, ALICE);
    const shown = view.items.filter(({ instanceData }) => instanceData !== undefined);
    expect(shown.length).toBeGreaterThan(40);
    expect(new Set(shown.map(({ instanceData }) => instanceData)).size).toBe(1);
  });

  test('of instances end within a number of bytes and return a cursor, in the default order and in another', async () => {
    const guard = await filled(3);
    for (const sort of [undefined, { name: 1 as const }]) {
      const first = await guard.api.data.findInstances(
        {},
        ADMIN_USER,
        sort === undefined ? 'summary' : { sort },
      );
      expect(first).toHaveLength(1);
      const ids = first.map(({ id }) => id);
      for (let after = first.nextCursor; after !== undefined && ids.length < 5;) {
        const page = await guard.api.data.find({ after, limit: 10, ...(sort && { sort }) }, ADMIN_USER);
        ids.push(...page.data.map(({ id }) => id as string));
        after = page.nextCursor ?? undefined;
      }
      expect(new Set(ids).size).toBe(3);
      expect(ids).toHaveLength(3);
    }
  });

  test('of the items in one instance end within a number of bytes and say so, with the item that a command acted on', async () => {
    const guard = await guards.make({ models: { V } });
    const { id } = await guard.api.engine.start('V', { ...DATA, text: 'x'.repeat(400_000) }, ALICE);
    const all = await guard.api.data.find(
      { filter: { id, 'items.id': { $exists: true } }, limit: 1000 },
      ALICE,
    );
    expect(all.nextCursor).not.toBeNull();
    const page = await guard.api.data.find(
      { filter: { id, 'items.id': { $exists: true } }, limit: 1000, after: all.nextCursor as string },
      ALICE,
    );
    const last = (page.data as unknown as { items: { id: string } }[]).at(-1)!.items.id;
    const got = await guard.api.engine.get({ id }, ALICE);
    const completed = await guard.api.tasks.complete(last, {}, ALICE);
    expect(got.items.map((item) => item.id)).not.toContain(last);
    expect(completed.item).toMatchObject({ id: last, status: 'end' });
    for (const view of [got, completed]) {
      expect(view.instance.itemsCut).toBe(true);
      expect(view.items.length).toBeGreaterThan(10);
      expect(JSON.stringify(view.items).length).toBeLessThan(MOST);
    }
    expect(all.data.length + page.data.length).toBeGreaterThan(got.items.length);
  });

  test('that are short have no cursor', async () => {
    const guard = await guards.make({ models: { V } });
    await guard.api.engine.start('V', { voters: ['alice'] }, ALICE);
    for (const rows of [
      await guard.api.data.findItems({}, ALICE),
      await guard.api.data.findInstances({}, ALICE),
    ]) {
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.nextCursor).toBeUndefined();
    }
  });
});

onStores('Lists of instances with large sources', (kind) => {
  const guards = new Guards(kind);
  const LARGE = V.replace('<bpmn:process', `<!-- ${'x'.repeat(1_000_000)} --><bpmn:process`);

  test('read no more sources than an answer holds, and return a cursor', async () => {
    const guard = await guards.make({ models: { LARGE } });
    for (let i = 0; i < 20; i++) await guard.api.engine.start('LARGE', { voters: ['alice'] }, ALICE);
    const first = await guard.api.data.findInstances({}, ADMIN_USER, 'full');
    expect(JSON.stringify(first).length).toBeLessThan(MOST);
    expect(first.length).toBeGreaterThan(10);
    expect(first.length).toBeLessThan(20);
    expect(first.every(({ source }) => source === LARGE)).toBe(true);
    const rest = await guard.api.data.find({ after: first.nextCursor as string, limit: 100 }, ADMIN_USER);
    const ids = [...first, ...rest.data].map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([20, 20]);
  });
});
