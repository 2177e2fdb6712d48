import { count, flag, object, optional, projection, query, text } from './param.js';
import { listed, listing, member, ref } from './common.js';
import { route, type Route } from './route.js';

const ITEMS = query('Which items; default: all that the caller may see.');
const INSTANCES = query('Which instances; default: all that the caller may read.');
const REMOVED = member('result', {
  type: 'object',
  required: ['deletedCount'],
  properties: { deletedCount: { type: 'integer' } },
});

const PAGE = {
  filter: optional(query('Which instances or, with a field below `items.`, which items.')),
  after: optional(text('The cursor of the previous page.')),
  limit: optional(count('Rows of a page; default 10, at most 1000.')),
  sort: optional(object<Record<string, 1 | -1>>('Fields and directions: 1 or -1.')),
  projection: optional(projection('The fields to show.')),
  getTotalCount: optional(flag('Also count the rows, up to 10,000.')),
  exactTotal: optional(flag('Also count the rows, all of them, if that is not too expensive.')),
};

const find = (path: string, id: string): Route =>
  route({
    method: 'GET',
    path,
    id,
    says: 'A page of instances or items.',
    operation: 'instance:read',
    takes: PAGE,
    answers: ref('Page'),
    run: ({ api }, request) => api.data.find(request),
  });

const findItems = (path: string, id: string): Route =>
  route({
    method: 'GET',
    path,
    id,
    says: 'Items that match the query.',
    operation: 'task:read',
    takes: { query: optional(ITEMS) },
    bodyIs: 'query',
    answers: listing('items', ref('Item')),
    run: async ({ api }, { query }) => listed('items', await api.data.findItems(query)),
  });

const deleteInstances = (path: string, id: string): Route =>
  route({
    method: 'DELETE',
    path,
    id,
    says:
      'Deletes the instances that match the query if each of them may be deleted; otherwise' +
      ' none. An empty query selects all.',
    operation: 'instance:delete',
    takes: { query: query('Which instances.') },
    bodyIs: 'query',
    answers: REMOVED,
    run: async ({ api }, { query }) => ({ result: await api.data.deleteInstances(query) }),
  });

/** The client sends an empty projection if its caller gave none. */
const isNothing = (projection: object | undefined): boolean =>
  projection === undefined || Object.keys(projection).length === 0;

/** `/api/datastore`, as in bpmn-web, and the paged find that its client calls. */
export const DATASTORE: readonly Route[] = [
  find('/api/datastore/find', 'datastore.find'),
  findItems('/api/datastore/findItems', 'datastore.findItems'),
  route({
    method: 'GET',
    path: '/api/datastore/findInstances',
    id: 'datastore.findInstances',
    says: 'Instances that match the query; with their source if no projection is given.',
    operation: 'instance:read',
    takes: { query: optional(INSTANCES), projection: optional(projection('The fields to show.')) },
    bodyIs: 'query',
    answers: listing('instances', ref('Shown')),
    run: async ({ api }, { query, projection }) =>
      listed(
        'instances',
        await api.data.findInstances(query, undefined, isNothing(projection) ? 'full' : { projection }),
      ),
  }),
  deleteInstances('/api/datastore/deleteInstances', 'datastore.deleteInstances'),
];

/** `/api2/data`. */
export const DATA2: readonly Route[] = [
  find('/api2/datastore/find', 'api2.data.find'),
  findItems('/api2/data/findItems', 'api2.data.findItems'),
  route({
    method: 'GET',
    path: '/api2/data/findInstances',
    id: 'api2.data.findInstances',
    says: 'Instances that match the query, with their source.',
    operation: 'instance:read',
    takes: { query: optional(INSTANCES) },
    bodyIs: 'query',
    answers: listing('instances', ref('Instance')),
    run: async ({ api }, { query }) =>
      listed('instances', await api.data.findInstances(query, undefined, 'full')),
  }),
  deleteInstances('/api2/data/deleteInstances', 'api2.data.deleteInstances'),
];
