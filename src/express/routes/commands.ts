import {
  ASSIGNMENT,
  DATA,
  list,
  MATCHING,
  member,
  MODEL,
  ONE_ITEM,
  OPTIONS,
  ref,
  START_NODE,
  startOptions,
} from './common.js';
import { text } from './param.js';
import { route, withAndWithout, type Route } from './route.js';

export const INSTANCE = ref('Instance');

/** The commands that `/api/engine` and `/api2/engine` share. */
export function commands(root: string, id: string): Route[] {
  return [
    ...withAndWithout(
      'name',
      route({
        method: 'POST',
        path: `${root}/start`,
        id: `${id}.start`,
        says: 'Starts an instance of a model; answers with the instance.',
        operation: 'instance:start',
        takes: { name: MODEL, data: DATA, startNodeId: START_NODE, options: OPTIONS },
        answers: INSTANCE,
        run: async ({ api }, { name, data, startNodeId, options }) =>
          (await api.engine.start(name, data, undefined, startOptions(options, startNodeId))).instance,
      }),
    ),
    route({
      method: 'PUT',
      path: `${root}/invoke`,
      id: `${id}.invoke`,
      says: 'Completes a task.',
      operation: 'task:execute',
      takes: { query: ONE_ITEM, data: DATA, options: OPTIONS },
      answers: member('instance', INSTANCE),
      run: async ({ api }, { query, data, options }) => ({
        instance: (await api.engine.invoke(query, data, undefined, options)).instance,
      }),
    }),
    route({
      method: 'PUT',
      path: `${root}/assign`,
      id: `${id}.assign`,
      says: 'Assigns a task: to oneself it is a take, to null a release.',
      operation: 'task:assign',
      takes: { query: ONE_ITEM, data: DATA, assignment: ASSIGNMENT, options: OPTIONS },
      answers: member('instance', INSTANCE),
      run: async ({ api }, { query, data, assignment, options }) => ({
        instance: (await api.engine.assign(query, data ?? {}, assignment, undefined, options)).instance,
      }),
    }),
    route({
      method: 'POST',
      path: `${root}/throwMessage`,
      id: `${id}.throwMessage`,
      says: 'Sends a message to its one receiver; answers with the receiving instance.',
      operation: 'instance:message',
      takes: {
        messageId: text('The id of the message.'),
        data: DATA,
        messageMatchingKey: MATCHING,
        options: OPTIONS,
      },
      answers: INSTANCE,
      run: async ({ api }, { messageId, data, messageMatchingKey, options }) =>
        (await api.engine.throwMessage(messageId, data, messageMatchingKey, undefined, options))?.instance,
    }),
    route({
      method: 'POST',
      path: `${root}/throwSignal`,
      id: `${id}.throwSignal`,
      says: 'Sends a signal to all receivers; answers with those it reached.',
      operation: 'instance:signal',
      takes: {
        signalId: text('The id of the signal.'),
        data: DATA,
        messageMatchingKey: MATCHING,
        options: OPTIONS,
      },
      answers: list(ref('Reached')),
      run: ({ api }, { signalId, data, messageMatchingKey, options }) =>
        api.engine.throwSignal(signalId, data, messageMatchingKey, undefined, options),
    }),
  ];
}
