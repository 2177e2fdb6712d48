import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as bpmn from 'bpmn-server';
import { createGuard, type Guard } from 'bpmn-guard';
import { bareStage } from '../leaks/bare-stage.js';
import { ADMIN_USER } from '../support/guards.js';
import { end, model, start, task } from '../support/models.js';
import { mongoUrl } from '../support/stores.js';
import { serverOfApplication } from '../support/application-server.js';
import { pages } from './pages.js';

export type Loose = any;
const FORM =
  '<bpmn:extensionElements><camunda:formData><camunda:formField id="days" label="Days" type="long" /></camunda:formData></bpmn:extensionElements>';
export const MODELS: Readonly<Record<string, string>> = {
  Leave: model([
    start({ candidateGroups: 'clerks' }),
    task('ask', { candidateGroups: 'clerks' }, FORM),
    task('check', { candidateGroups: 'clerks' }),
    end(),
  ]),
};

/** Signs people in at the application, and shows their cookie. */
export class Browser {
  private readonly cookies = new Map<string, string>();
  constructor(private readonly server: Server) {}

  async go(
    who: string | undefined,
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ) {
    const { port } = this.server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        accept: 'text/html, application/json;q=0.9',
        'sec-fetch-site': 'same-origin',
        ...(who === undefined ? {} : { cookie: this.cookies.get(who) ?? '' }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true;
    const [cookie] = answer.headers.getSetCookie();
    return {
      status: answer.status,
      body: (isJson ? JSON.parse(text) : text) as Loose,
      to: answer.headers.get('location')?.replace(/[\da-f-]{36}|[\w-]{20,}/, '<id>'),
      at: answer.headers.get('location') ?? '',
      cookie: cookie?.split(';')[0],
    };
  }

  async signIn(who: string) {
    const answer = await this.go(undefined, 'POST', '/login', { userName: who });
    this.cookies.set(who, answer.cookie as string);
    return answer;
  }
}

const listen = (app: Loose): Promise<Server> =>
  new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve(server));
  });
const stop = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => resolve());
  });

/** An application that is running. */
export interface Opened {
  readonly browser: Browser;
  readonly server: Loose;
  readonly guard?: Guard;
  close(): Promise<void>;
}

/**
 * Makes an application around a server of bpmn-server.
 * @param before what a guard needs before the routes; @param after what it needs behind them
 */
export type Application = (server: Loose, before: (app: Loose) => void, after: (app: Loose) => void) => Loose;

/** The application with the lines that docs/drop-in.md names, and nothing else. */
export async function guarded(application: Application = pages): Promise<Opened> {
  const server = serverOfApplication();
  const guard = await createGuard({ server, store: { memory: true }, env: {} });
  for (const [name, source] of Object.entries(MODELS))
    await guard.api.model.save(name, source, null, ADMIN_USER);
  const app = application(
    server,
    (it) => it.use(guard.authenticate({ toPrincipal: (user) => user as Loose })),
    (it) => it.use(guard.errorHandler()),
  );
  const running = await listen(app);
  return {
    browser: new Browser(running),
    server,
    guard,
    close: () => stop(running).then(() => guard.close()),
  };
}

/** The same application on bpmn-server alone. */
export async function bare(application: Application = pages): Promise<Opened> {
  const stage = await bareStage(bpmn, mongoUrl(), false);
  const admin = stage.user({ userName: 'admin', userGroups: ['ADMIN'] });
  for (const [name, source] of Object.entries(MODELS)) await stage.api.model.save(name, source, '', admin);
  const running = await listen(
    application(
      stage.server,
      () => undefined,
      () => undefined,
    ),
  );
  return {
    browser: new Browser(running),
    server: stage.server,
    close: () => stop(running).then(() => stage.close()),
  };
}
