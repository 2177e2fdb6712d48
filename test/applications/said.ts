import express4 from 'express4';
import * as bpmn from 'bpmn-server';
import { login, withLogin } from './pages.js';
import type { Application, Loose } from './stage.js';

/** Where routes of applications find the user that a request says it is of. */
const SAID: Readonly<Record<string, (req: Loose) => unknown>> = {
  'body.userName': (req) => req.body.userName,
  // What bpmn-client sends.
  'body.userId': (req) => req.body.userId,
  'body.user': (req) => req.body.user,
  'body.options': (req) => req.body.options?.userName,
  query: (req) => req.query.userName,
  header: (req) => req.get('x-user-name'),
};

const made = (user: Loose): Loose => new bpmn.SecureUser(user);
const answerOf = ({ instance }: Loose): unknown => ({ status: instance.status, data: instance.data });
const namesOf = (rows: Loose): unknown => rows.map(({ elementId, name }: Loose) => elementId ?? name).sort();

/** Each takes the word of a request for who makes it, in one of the ways of bpmn-web and of applications like it. */
type Route = (server: Loose, user: Loose, id: string, api: Loose) => Promise<unknown>;
/** Calls of `server.engine`: the user is a name, or whatever stands in its place. */
const ENGINE: Readonly<Record<string, Route>> = {
  start: async ({ engine }, user) => answerOf(await engine.start('Leave', {}, null, user)),
  assign: async ({ engine }, user, id) =>
    answerOf(await engine.assign({ 'items.id': id }, {}, { assignee: 'bob' }, user)),
  invoke: async ({ engine }, user, id) =>
    answerOf(await engine.invoke({ 'items.id': id }, { said: true }, user)),
};
/** Calls of upstream's BPMNAPI with upstream's SecureUser, made of what was sent. */
const API: Readonly<Record<string, Route>> = {
  start: async (_server, user, _id, { engine }) => answerOf(await engine.start('Leave', {}, made(user))),
  assign: async (_server, user, id, { engine }) =>
    answerOf(await engine.assign({ 'items.id': id }, {}, { assignee: 'bob' }, made(user))),
  invoke: async (_server, user, id, { engine }) =>
    answerOf(await engine.invoke({ 'items.id': id }, { said: true }, made(user))),
  tasks: async (_server, user, _id, { data }) => namesOf(await data.getPendingUserTasks({}, made(user))),
  items: async (_server, user, _id, { data }) =>
    namesOf(await data.findItems({ 'items.status': 'wait' }, made(user))),
  instances: async (_server, user, _id, { data }) => namesOf(await data.findInstances({}, made(user))),
  models: async (_server, user, _id, { model }) => namesOf(await model.list({}, made(user))),
  delete: async (_server, user, _id, { data }) => data.deleteInstances({}, made(user)),
};
export const DOORS = { engine: ENGINE, api: API } as const;
export const PLACES = Object.keys(SAID);

/** An application whose routes believe what a request says of its user: `POST /:door/:call/:place?id=`. */
export const believing: Application = (server, before, after) => {
  const api = new (bpmn as Loose).BPMNAPI(server);
  const app: Loose = express4();
  withLogin(app);
  before(app);
  app.post('/login', login);
  app.post('/:door/:call/:place', async (req: Loose, res: Loose) => {
    const { door, call, place } = req.params;
    const route = (DOORS as Loose)[door][call] as Route;
    const user = SAID[place]?.(req);
    res.json({ done: await route(server, user, req.query.id, api) });
  });
  after(app);
  return app;
};
