import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express5 from 'express';
import {
  apiKeys,
  createGuard,
  type AuthenticateOptions,
  type Guard,
  type GuardApi,
  type GuardLogger,
  type RouterOptions,
  type UserInfo,
} from 'bpmn-guard';
import { TestDelegate } from '../support/guards.js';
import { memoryPlace, type Place } from '../support/stores.js';
import { ADMIN, MODELS, PEOPLE } from './people.js';
import { send, type Answer } from './send.js';

type Express = typeof express5;

export interface Options extends RouterOptions {
  /** Express 5 where nothing is said. */
  readonly express?: Express;
  readonly place?: Place;
  /** What comes before the guard's middleware, such as a body parser. */
  readonly before?: (app: ReturnType<Express>) => void;
  /** What comes behind the router. */
  readonly after?: (app: ReturnType<Express>) => void;
  /** What comes behind the error handler. */
  readonly last?: (app: ReturnType<Express>) => void;
  readonly mount?: string;
  readonly authenticate?: AuthenticateOptions;
  /** Instead of the models and people of most tests; one of the people is `admin`. */
  readonly models?: Readonly<Record<string, string>>;
  readonly people?: Readonly<Record<string, UserInfo>>;
}

/** Keys by what they are for: one acts for anyone, administrators included; the others for one user, or for nobody. */
export interface Keys {
  readonly trusted: string;
  readonly alice: string;
  readonly itself: string;
  /** Not a key. */
  readonly wrong: string;
}

const WHY = 'tests of every call, as an administrator too';

async function makeKeys(guard: Guard): Promise<Keys> {
  const keys = apiKeys(guard.store);
  const make = async (name: string, options: Parameters<typeof keys.create>[1]): Promise<string> =>
    (await keys.create(name, options)).text;
  return {
    trusted: await make('trusted', {
      actsFor: 'anyone',
      groups: ['ADMIN'],
      dangerouslyActsForAdministrators: WHY,
    }),
    alice: await make('alice', { actsFor: { users: ['alice'] } }),
    itself: await make('itself', {}),
    wrong: `bg_${'0'.repeat(16)}_${'x'.repeat(43)}`,
  };
}

/** The router in a running application, over a guard with the models and people of these tests. */
export class Application {
  readonly log: { message: string; facts: unknown }[] = [];
  guard!: Guard;
  keys!: Keys;
  private server!: Server;
  private readonly place: Place;

  constructor(private readonly options: Options = {}) {
    this.place = options.place ?? memoryPlace();
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async start(): Promise<this> {
    const { models = MODELS, people = PEOPLE } = this.options;
    const note = (message: string, facts?: unknown) => void this.log.push({ message, facts });
    const logger: GuardLogger = { info: () => undefined, warn: () => undefined, error: note };
    const services = { getSupervisor: async () => 'boss' };
    this.guard = await createGuard({
      env: {},
      store: this.place.options,
      directory: { find: async (name) => (Object.hasOwn(people, name) ? people[name] : undefined) },
      configuration: { appDelegate: (server: unknown) => new TestDelegate(server, services) },
      logger,
      keep: { savePoints: true },
    });
    for (const [name, source] of Object.entries(models))
      await this.guard.api.model.save(name, source, null, ADMIN);
    this.keys = await makeKeys(this.guard);
    const {
      express = express5,
      before,
      after,
      last,
      mount = '/',
      place: _place,
      authenticate,
      models: _models,
      people: _people,
      ...options
    } = this.options;
    const app = express();
    app.disable('x-powered-by');
    before?.(app);
    app.use(mount, this.guard.authenticate({ required: false, ...authenticate }));
    app.use(mount, this.guard.router({ logger, ...options }));
    after?.(app);
    app.use((_req: unknown, res: any) => res.status(404).type('text').send('the application: nothing here'));
    app.use(
      mount,
      this.guard.errorHandler({
        logger,
        ...(options.dialect === undefined ? {} : { dialect: options.dialect }),
      }),
    );
    last?.(app);
    this.server = await new Promise<Server>((resolve) => {
      const server = app.listen(0, '127.0.0.1', () => resolve(server));
    });
    return this;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
    await this.guard.close();
    await this.place.remove();
  }

  /** The API of one of the people, past HTTP. */
  as(name: keyof typeof PEOPLE): GuardApi {
    return this.guard.as(PEOPLE[name] as { userName: string });
  }

  /** Sends a request with a JSON body, or without one. */
  call(
    method: string,
    path: string,
    key?: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const all = {
      ...(key === undefined ? {} : { 'x-api-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    };
    return this.send(method, path, all, body === undefined ? undefined : JSON.stringify(body));
  }

  send(
    method: string,
    path: string,
    headers?: Readonly<Record<string, string>>,
    body?: string | Buffer,
  ): Promise<Answer> {
    return send(this.port, method, (this.options.mount ?? '') + path, headers, body);
  }
}
