import path from 'node:path';
import session from 'express-session';
import express4 from 'express4';
import * as bpmn from 'bpmn-server';

type Loose = any;
type App = Loose;
/** Groups of the people who can sign in. */
export const GROUPS: Readonly<Record<string, readonly string[]>> = {
  ann: ['clerks'],
  bob: [],
  root: ['ADMIN'],
};

const escaped = (text: unknown): string => String(text).replaceAll('<', '&lt;');
const page = (title: string, rows: readonly unknown[]): string =>
  `<html><h1>${escaped(title)}</h1><ul>${rows.map((row) => `<li>${escaped(row)}</li>`).join('')}</ul></html>`;

/** What such an application has for its logins: a session, and the user at `req.user`, as passport leaves it. */
export function withLogin(app: App): void {
  app.use(express4.json(), express4.urlencoded({ extended: false }));
  app.use(session({ secret: 'of the test', resave: false, saveUninitialized: false }));
  app.use((req: Loose, _res: Loose, next: Loose) => {
    const { userName } = req.session;
    if (userName !== undefined) req.user = { userName, userGroups: [...(GROUPS[userName] ?? [])] };
    next();
  });
}

/** Takes the word of who signs in, which is all that a test needs. */
export function login(req: Loose, res: Loose): void {
  req.session.userName = req.body.userName;
  res.redirect('/');
}

/**
 * A server-side rendered application on Express 4, as its author wrote it without a guard: static files, a login,
 * pages, async routes that catch nothing, the API of bpmn-server with the user of the session, and options that its
 * listeners read.
 * @param before what a guard needs before the routes; @param after what it needs behind them
 */
export function pages(server: Loose, before: (app: App) => void, after: (app: App) => void): App {
  const api = new (bpmn as Loose).BPMNAPI(server);
  server.listener.on('wait', ({ context }: Loose) => {
    if (context.options?.channel !== undefined) context.instance.data.channel = context.options.channel;
  });
  const userOf = (req: Loose): Loose => new bpmn.SecureUser(req.user);
  const app = express4();
  app.use('/static', express4.static(path.join(__dirname, 'public')));
  withLogin(app);
  before(app);

  app.get('/login', (_req: Loose, res: Loose) => res.send(page('Sign in', [])));
  app.post('/login', login);
  app.get('/', async (req: Loose, res: Loose) => {
    const waiting = await api.data.findItems(
      { 'items.status': 'wait', 'items.type': 'bpmn:UserTask' },
      userOf(req),
    );
    const instances = await api.data.findInstances({}, userOf(req), { sort: { saved: -1 } });
    const engines = server.cache.list();
    res.send(
      page('Tasks', [
        ...waiting.map(({ elementId, processName }: Loose) => `${processName}: ${elementId}`),
        ...instances.map(({ name, status }: Loose) => `${name} ${status}`),
        typeof engines.length,
      ]),
    );
  });
  app.post('/start/:name', async (req: Loose, res: Loose) => {
    const options = { channel: 'web' };
    const result = await api.engine.start(req.params.name, req.body, userOf(req), options);
    res.json({
      id: result.execution.id,
      name: result.instance.name,
      at: result.item.elementId,
      data: result.getData(''),
      lines: Array.isArray(result.instance.logs),
      items: result.instance.items.map(({ elementId }: Loose) => elementId),
    });
  });
  // Open to everybody, also where the API of bpmn-server then has no user.
  app.get('/home', async (req: Loose, res: Loose) => {
    const found = await api.data.findInstances({}, req.user && userOf(req), { sort: { saved: -1 } });
    const names = found.map(({ name }: Loose) => name);
    res.send(page('Home', names));
  });
  app.get('/models/:name', async (req: Loose, res: Loose) => {
    const definition = await server.definitions.load(req.params.name);
    // Loaded already; upstream's definition has its flows twice after this.
    await definition.load();
    const { elements, flows } = JSON.parse(definition.getJson());
    const nodes: string[] = [];
    definition.nodes.forEach(({ id, type }: Loose) => nodes.push(`${id} ${type}`));
    const json = [elements, flows].map((list) => [...new Set(list.map(({ id }: Loose) => id))]);
    res.json({
      json,
      nodes: [...new Set(nodes)],
      start: definition.getStartNode().id,
      rules: definition.accessRules,
    });
  });
  app.get('/tasks/:id', async (req: Loose, res: Loose) => {
    const item = await api.data.findItem({ 'items.id': req.params.id }, userOf(req));
    const definition = await server.definitions.load(item.processName);
    const node = definition.getNodeById(item.elementId);
    const fields = node.getBehaviour('camunda:formData')?.fields ?? [];
    res.send(
      page(
        node.name,
        fields.map(({ id, label }: Loose) => `${id}: ${label}`),
      ),
    );
  });
  app.post('/tasks/:id/assign', async (req: Loose, res: Loose) => {
    const { assignee, candidateGroups = '' } = req.body;
    const assignment = { assignee, candidateGroups: candidateGroups.split(',') };
    const result = await api.engine.assign({ 'items.id': req.params.id }, {}, assignment, userOf(req));
    res.json({ id: result.execution.id });
  });
  app.post('/tasks/:id', async (req: Loose, res: Loose) => {
    const result = await api.engine.invoke({ 'items.id': req.params.id }, req.body, userOf(req));
    res.redirect(`/instances/${result.execution.id}`);
  });
  app.get('/instances/:id', async (req: Loose, res: Loose) => {
    const instance = await server.dataStore.findInstance({ id: req.params.id }, 'Full');
    const picture = await server.definitions.getSVG(instance.name);
    const { name, status, data, items, logs } = instance;
    const seen = items.map(({ elementId, status: state }: Loose) => `${elementId} ${state}`).sort();
    res.json({ name, status, data, lines: Array.isArray(logs), picture: picture || null, items: seen });
  });
  // A route of its own that takes the same field as bpmn-client, for something else.
  app.post('/notes', (req: Loose, res: Loose) => void res.json({ noted: req.body.userId }));
  after(app);
  return app;
}
