import type { Guard, GuardApi } from 'bpmn-guard';
import { properties, ROLES } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person, waitingTask } from '../../support/guards.js';
import { catching, end, message, model, parallel, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

const own = person('own');
const MINE = { assignee: 'own' };
const OPTIONS = { messages: ['paid'], inner: properties({ caseRoles: ROLES }) };
const LATE = { ...start({}, '', 'late'), flow: false as const };
const CLAIM = model(
  [
    start(),
    parallel(
      'all',
      [task('mine', MINE)],
      [task('free', { candidateUsers: 'own' })],
      [catching('c', message('paid'))],
    ),
    end(),
    LATE,
  ],
  OPTIONS,
);
const SHORT = model([start(), task('mine', MINE), end()], OPTIONS);
const SECRET = 'not-for-your-eyes';
const BOB = { user: 'bob' };

interface Case {
  readonly api: GuardApi;
  readonly id: string;
  readonly mine: string;
  readonly free: string;
}
/** What a command needs beforehand, and the command. */
interface Door {
  before?(on: Case): Promise<unknown>;
  go(on: Case): Promise<unknown>;
}
const at = (itemId: string) => ({ 'items.id': itemId });
const DOORS: Readonly<Record<string, Door>> = {
  'tasks.complete': { go: ({ api, mine }) => api.tasks.complete(mine, {}) },
  'tasks.take': { go: ({ api, free }) => api.tasks.take(free) },
  'tasks.release': {
    before: ({ api, free }) => api.tasks.take(free),
    go: ({ api, free }) => api.tasks.release(free),
  },
  'tasks.delegate': { go: ({ api, mine }) => api.tasks.delegate(mine, 'bob') },
  'tasks.resolve': {
    before: ({ api, mine }) => api.tasks.delegate(mine, 'bob'),
    go: ({ api, mine }) => api.tasks.resolve(mine),
  },
  'tasks.escalate': { go: ({ api, mine }) => api.tasks.escalate(mine, BOB) },
  'engine.invoke': { go: ({ api, mine }) => api.engine.invoke(at(mine), {}) },
  'engine.assign': { go: ({ api, mine }) => api.engine.assign(at(mine), {}, { assignee: 'bob' }) },
  'engine.startEvent': { go: ({ api, id }) => api.engine.startEvent(id, 'late', {}) },
  'engine.throwMessage': { go: ({ api, id }) => api.engine.throwMessage('paid', {}, { id }) },
  'engine.addTask': { go: ({ api, id }) => api.engine.addTask(id, { name: 'more', assignee: 'own' }) },
  'cases.setData': { go: ({ api, id }) => api.cases.setData(id, { note: 1 }) },
  'cases.removeData': { go: ({ api, id }) => api.cases.removeData(id, ['other']) },
};

onStores('What a command shows', (kind) => {
  const guards = new Guards(kind);
  const caseRoles = { owner: { users: ['own'] }, contact: { users: ['own'] } };

  async function begun(name = 'Claim'): Promise<Case & { guard: Guard }> {
    const guard = await guards.make({
      models: { Claim: CLAIM, Short: SHORT },
      keep: { savePoints: true },
    });
    const { id } = await guard.api.engine.start(name, { salary: SECRET, other: 2 }, own, { caseRoles });
    const mine = await waitingTask(guard, 'mine', id);
    const free = name === 'Claim' ? await waitingTask(guard, 'free', id) : mine;
    return { guard, api: guard.as(own), id, mine: mine.id, free: free.id };
  }

  /** A field is hidden from the caller while the next command waits for its lock. */
  function hiddenMeanwhile(guard: Guard): void {
    const { locks } = guard.store;
    const acquire = locks.acquire.bind(locks);
    jest.spyOn(locks, 'acquire').mockImplementationOnce(async (...args) => {
      await guard.as(ADMIN_USER).policies.caseFields.save('data.salary', { roles: ['hr'] });
      return acquire(...args);
    });
  }

  test.each(Object.entries(DOORS))(
    '%s leaves out a field that was hidden while it waited',
    async (_name, door) => {
      const on = await begun();
      await door.before?.(on);
      hiddenMeanwhile(on.guard);
      const shown = await door.go(on);
      expect(JSON.stringify({ shown })).not.toContain(SECRET);
    },
  );

  test('a restart leaves out a field that was hidden while it waited', async () => {
    const { guard, api, id, mine } = await begun('Short');
    await api.tasks.complete(mine, {});
    hiddenMeanwhile(guard);
    const shown = await api.engine.restart({ id, 'items.elementId': 'mine' }, {});
    expect(shown).toMatchObject({ id, data: { other: 2 } });
    expect(JSON.stringify(shown)).not.toContain(SECRET);
  });

  test('deleting by a field leaves what is hidden by then', async () => {
    const { guard, api, id } = await begun();
    await guard.as(ADMIN_USER).policies.caseOperations.save('DESTROY_CASE', ['owner']);
    hiddenMeanwhile(guard);
    expect(await api.data.deleteInstances({ 'data.salary': SECRET })).toEqual({ deletedCount: 0 });
    expect(await api.data.findInstances({ id })).toHaveLength(1);
  });

  test('a message that is meant by a field does not reach what hides it by then', async () => {
    const { guard, api } = await begun();
    hiddenMeanwhile(guard);
    const sent = api.engine.throwMessage('paid', {}, { 'data.salary': SECRET });
    await expect(sent).rejects.toMatchObject({ code: 'wrong-state' });
  });
});
