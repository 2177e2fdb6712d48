import { ADMIN_USER } from '../support/guards.js';
import { onMongo } from '../support/stores.js';
import { WorkflowService } from './service.js';
import { bare, guarded, type Browser, type Loose, type Opened } from './stage.js';

beforeAll(() => void jest.spyOn(console, 'log').mockImplementation(() => undefined));

/** What somebody who may do all of it sees on the way through the application. */
async function walk({ browser }: Opened): Promise<unknown[]> {
  const seen: unknown[] = [];
  const look = ({ status, body, to }: Loose): void =>
    void seen.push([status, to === undefined ? body : '', to]);
  const forId = (id: string, answer: Loose): Loose =>
    JSON.parse(JSON.stringify(answer).replaceAll(id, '<id>'));
  look(await browser.go(undefined, 'GET', '/static/style.css'));
  look(await browser.go(undefined, 'GET', '/login'));
  look(await browser.signIn('ann'));
  const started = await browser.go('ann', 'POST', '/start/Leave', { days: 2 });
  look(forId(started.body.id, started));
  look(await browser.go('ann', 'GET', '/'));
  look(await browser.go('ann', 'GET', '/models/Leave'));
  const { id } = started.body;
  const items = async (elementId: string): Promise<string> => itemOf(browser, id, elementId);
  const ask = await items('ask');
  look(await browser.go('ann', 'GET', `/tasks/${ask}`));
  const taken = await browser.go('ann', 'POST', `/tasks/${ask}/assign`, { assignee: 'ann' });
  look(forId(id, taken));
  look(await browser.go('ann', 'POST', `/tasks/${ask}`, { days: 3 }));
  look(await browser.go('ann', 'GET', `/instances/${id}`));
  const check = await items('check');
  look(
    forId(
      id,
      await browser.go('ann', 'POST', `/tasks/${check}/assign`, { assignee: 'ann', candidateGroups: '' }),
    ),
  );
  look(await browser.go('ann', 'POST', `/tasks/${check}`, { ok: true }));
  look(await browser.go('ann', 'GET', `/instances/${id}`));
  look(await browser.go('ann', 'POST', '/notes', { userId: 'ann' }));
  return seen;
}

const found = new Map<Browser, Opened>();
async function itemOf(browser: Browser, id: string, elementId: string): Promise<string> {
  const { server, guard } = found.get(browser) as Opened;
  const query = { id, 'items.elementId': elementId, 'items.status': 'wait' };
  const items = await (guard === undefined
    ? server.dataStore.findItems(query)
    : guard.api.data.findItems(query, ADMIN_USER));
  return items[0].id;
}
const noted = (opened: Opened): Opened => (found.set(opened.browser, opened), opened);

onMongo('an application, bare and guarded side by side', () => {
  test('answers permitted users as before', async () => {
    const both = [noted(await bare()), noted(await guarded())] as const;
    try {
      const [before, after] = [await walk(both[0]), await walk(both[1])];
      expect(after).toEqual(before);
    } finally {
      for (const one of both) await one.close();
    }
  });

  test('a service with a fixed user gives the same result', async () => {
    const both = [await bare(), await guarded()] as const;
    try {
      const [before, after] = [
        await new WorkflowService(both[0].server).through('Leave', { days: 1 }),
        await both[1].guard?.runAs({ userName: 'service', userGroups: ['ADMIN'] }, () =>
          new WorkflowService(both[1].server).through('Leave', { days: 1 }),
        ),
      ];
      expect(after).toEqual(before);
    } finally {
      for (const one of both) await one.close();
    }
  });
});

describe('an application with the documented lines', () => {
  let opened: Opened;
  beforeAll(async () => void (opened = noted(await guarded())));
  afterAll(() => opened.close());

  test('serves its process, pages and static files to permitted users', async () => {
    const seen = (await walk(opened)) as [number, Loose][];
    expect(seen.map(([status]) => status)).toEqual([
      200, 200, 302, 200, 200, 200, 200, 200, 302, 200, 200, 302, 200, 200,
    ]);
    expect(seen[3]?.[1]).toMatchObject({ at: 'ask', data: { days: 2, channel: 'web' }, lines: true });
    expect(seen[6]?.[1]).toContain('days: Days');
    expect(seen[12]?.[1]).toMatchObject({ status: 'end', data: { days: 3, ok: true } });
  });

  test('refuses others with a status from async routes without a catch, and keeps running', async () => {
    const { browser } = opened;
    await browser.signIn('ann');
    await browser.signIn('bob');
    const { body } = await browser.go('ann', 'POST', '/start/Leave', {});
    const ask = await itemOf(browser, body.id, 'ask');
    await browser.go('ann', 'POST', `/tasks/${ask}/assign`, { assignee: 'ann' });
    for (const [who, method, path, status] of [
      [undefined, 'GET', `/instances/${body.id}`, 401],
      [undefined, 'GET', '/models/Leave', 401],
      [undefined, 'GET', '/home', 401],
      ['bob', 'GET', `/instances/${body.id}`, 404],
      ['bob', 'GET', '/models/Leave', 404],
      ['bob', 'POST', `/tasks/${ask}`, 404],
      ['bob', 'POST', '/start/Leave', 404],
      ['bob', 'POST', '/start/Nothing', 404],
    ] as const) {
      const answer = await browser.go(who, method, path, method === 'POST' ? {} : undefined);
      expect([who, method, path, answer.status]).toEqual([who, method, path, status]);
    }
    expect((await browser.go('bob', 'GET', '/')).body).not.toContain('Leave');
    expect((await browser.go('ann', 'GET', '/')).status).toBe(200);
    expect((await browser.go('ann', 'GET', '/home')).body).toContain('Leave');
  });
});
