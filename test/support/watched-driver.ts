import type * as Driver from 'mongodb';
import type { Shape } from '../../src/store/mongo/shape.js';
import { fromChildren } from './heard-children.js';
import { askedBy } from './shapes/asked.js';
import { printed, shapeOf } from './shapes/fit.js';
import { isListenedTo } from './shapes/listened.cjs';
import { began, used } from './shapes/used.js';

/**
 * Listens to the MongoDB driver wherever the product connects, in its child processes, too: a test file fails if it
 * sends a query that is not in the table of queries, so that none goes without an index and a bound. When all files
 * have been run, the entries of the table that none of them needs are told.
 */
const CONNECTS = /[\\/]src[\\/]store[\\/]mongo[\\/]/;

/** What the product sends while a test wants to know. */
export const heard: { commands?: string[] | undefined; updates?: unknown[] | undefined } = {};

const strange = new Set<string>();
const needed = new Set<Shape>();
const file = expect.getState().testPath ?? '';

function judge(name: string, command: Readonly<Record<string, unknown>>): void {
  try {
    for (const asked of askedBy(name, command)) {
      const shape = shapeOf(asked);
      if (shape === undefined) strange.add(printed(asked));
      else needed.add(shape);
    }
  } catch (error) {
    strange.add(String(error));
  }
}

function listen(client: Driver.MongoClient): void {
  // As the option of this name, which the product does not set.
  Object.assign(client, { monitorCommands: true });
  client.on('commandStarted', ({ commandName, command }) => {
    heard.commands?.push(`${commandName} ${String(command[commandName])}`);
    if (commandName === 'update') heard.updates?.push(command.updates);
    judge(commandName, command);
  });
}

if (process.env.MONGO_DB_URL && isListenedTo(file)) {
  began(file);
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
    for (const { name, command } of fromChildren()) judge(name, command);
    used(file, needed);
    if (strange.size > 0)
      throw new Error(
        `These queries have no entry in src/store/mongo/shapes.ts that bounds them:\n${[...strange].join('\n')}`,
      );
  });
}
