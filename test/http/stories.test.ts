import { BPMNClient, BPMNClient2 } from 'bpmn-client';
import { ADMIN_USER } from '../support/guards.js';
import { lastingPlace, memoryPlace, onStores } from '../support/stores.js';
import { PEOPLE, Stage, type Face } from '../engine/policies/grid/stage.js';
import { STORY_MODELS, STORY_RULES, tellStories } from '../engine/policies/grid/stories.js';
import { Application } from './application.js';

/** What one of the people is answered over HTTP, by bpmn-client where it has the call. */
function through(app: Application, userId: string): Face {
  const key = app.keys.trusted;
  const client: any = new BPMNClient('127.0.0.1', app.port, key);
  const client2: any = new BPMNClient2('127.0.0.1', app.port, key);
  const me = PEOPLE[userId as keyof typeof PEOPLE];
  /** @throws the body of a refusal */
  const ask = async (method: string, path: string, body: object = {}): Promise<any> => {
    const answer = await app.call(method, path, key, { ...body, userId });
    // On the routes of bpmn-client a refusal has the status 200.
    if (answer.status === 200 && answer.body.error === undefined) return answer.body;
    throw Object.assign(new Error('refused'), answer.body);
  };
  return {
    engine: {
      // The client tells no code of a refusal.
      start: (name, data) =>
        client.engine
          .start(name, data, null, userId)
          .catch(() => ask('POST', '/api/engine/start', { name, data })),
    },
    tasks: {
      take: (id) => ask('POST', `/api/tasks/${id}/take`),
      assign: (id, assignee) => ask('POST', `/api/tasks/${id}/assign`, { assignee }),
      complete: (id, data) => ask('POST', `/api/tasks/${id}/complete`, { data }),
      count: async () => (await ask('GET', '/api/tasks/count')).count,
    },
    data: {
      getPendingUserTasks: async (query) => (await ask('GET', '/api/tasks', query)).items,
      findItems: (query) => client.datastore.findItems({ ...query, userId }),
      findInstances: (query) => client2.data.findInstances(query, me),
    },
    // It has no call for this one.
    model: { findStartEvents: (query) => ask('GET', '/api2/model/findStartEvents', query) },
  };
}

beforeAll(() => jest.spyOn(console, 'log').mockImplementation(() => undefined));
afterAll(() => jest.restoreAllMocks());

onStores('The stories of the access rules grid, over HTTP', (kind) => {
  const place = kind === 'embedded' ? memoryPlace() : lastingPlace(kind);
  const app = new Application({ place, models: STORY_MODELS, people: { ...PEOPLE, admin: ADMIN_USER } });
  beforeAll(async () => {
    await app.start();
    await app.guard.as(ADMIN_USER).policies.grid.import('text', STORY_RULES);
  });
  afterAll(() => app.stop());
  afterEach(() => app.guard.as(ADMIN_USER).data.deleteInstances({}));
  tellStories(async () => new Stage(app.guard, (name) => through(app, name)));
});
