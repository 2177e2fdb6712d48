import type * as Driver from 'mongodb';
import { askedBy } from './shapes/asked.js';
import { printed, shapeOf } from './shapes/fit.js';

/**
 * Listens to the MongoDB driver wherever the product connects: a test file fails if it sends a query that is not in the
 * table of queries, so that none goes without an index and a bound. Files about the store itself are not listened
 * to, because they ask it for all that it can do.
 */
const OF_THE_STORE = /[\\/]test[\\/](store|faults|bench)[\\/]/;
const CONNECTS = /[\\/]src[\\/]store[\\/]mongo[\\/]/;

/** What the product sends while a test wants to know. */
export const heard: { commands?: string[] | undefined; updates?: unknown[] | undefined } = {};

const strange = new Set<string>();
const file = expect.getState().testPath ?? '';

function listen(client: Driver.MongoClient): void {
  // As the option of this name, which the product does not set.
  Object.assign(client, { monitorCommands: true });
  client.on('commandStarted', ({ commandName, command }) => {
    heard.commands?.push(`${commandName} ${String(command[commandName])}`);
    if (commandName === 'update') heard.updates?.push(command.updates);
    try {
      for (const asked of askedBy(commandName, command))
        if (shapeOf(asked) === undefined) strange.add(printed(asked));
    } catch (error) {
      strange.add(String(error));
    }
  });
}

if (process.env.MONGO_DB_URL && !OF_THE_STORE.test(file)) {
  jest.doMock('mongodb', () => {
    const driver = jest.requireActual<typeof Driver>('mongodb');
    const { MongoClient } = driver as Partial<typeof Driver>;
    // The driver requires itself while it is loaded.
    if (MongoClient === undefined) return driver;
    const { connect } = MongoClient.prototype;
    MongoClient.prototype.connect = function (): Promise<Driver.MongoClient> {
      if (CONNECTS.test(new Error().stack ?? '')) listen(this);
      return connect.call(this);
    };
    return driver;
  });
  afterAll(() => {
    if (strange.size > 0)
      throw new Error(
        `These queries have no entry in src/store/mongo/shapes.ts that bounds them:\n${[...strange].join('\n')}`,
      );
  });
}
