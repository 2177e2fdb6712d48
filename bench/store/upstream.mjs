import { DataStore, Logger, SecureUser } from 'bpmn-server';

const PAGE = 5000;
const PENDING = Object.freeze({ 'items.status': 'wait', 'items.type': 'bpmn:UserTask' });

/** What bpmn-server's `getPendingUserTasks` asks its data store for: the query as its own SecureUser qualifies it. */
export function findPending(dataStore, user) {
  const query = new SecureUser({ userName: user.userName, userGroups: [...user.userGroups] }).qualifyItems({
    ...PENDING,
  });
  return () => dataStore.findItems(query);
}

/** bpmn-server's own paged `find`, with that query; it sorts as requested. */
export function findPage(dataStore, user, limit) {
  const filter = new SecureUser({ userName: user.userName, userGroups: [...user.userGroups] }).qualifyItems({
    ...PENDING,
  });
  return () => dataStore.find({ filter, limit, sort: { _id: -1 } });
}

/**
 * bpmn-server's own `findItems` over the documents of a store of ours: the query that it would send to MongoDB is
 * answered by the store, with exactly the fields that it requests.
 */
export async function upstreamOver(store) {
  const [sample] = await store.instances.find({ filter: {}, limit: 1 });
  const find = async (_database, _collection, query, projection) => {
    const without = Object.keys(sample).filter((name) => name !== '_id' && projection[name] !== 1);
    const all = [];
    // Page by page: a query for all of a large store takes longer than one may.
    for (let page; page === undefined || page.length === PAGE;) {
      const after = page && { id: String(page.at(-1)._id) };
      page = await store.instances.find({ filter: query, without, limit: PAGE, after });
      all.push(...page);
    }
    return all;
  };
  const { findItems, getItemsFromInstances } = DataStore.prototype;
  return { findItems, getItemsFromInstances, dbConfiguration: {}, db: { find } };
}

/** The address with a database in it: bpmn-server's `find` looks there, whatever database is configured. */
const withDatabase = (url, name) => url.replace(/^(\w+:\/\/[^/?]+)\/?[^?]*/, `$1/${name}`);

/** bpmn-server's own data store on a MongoDB server. */
export function upstreamOnMongo(url, name) {
  const configuration = { database: { MongoDB: { db_url: withDatabase(url, name), db: name } } };
  const dataStore = new DataStore({ configuration, logger: new Logger({ toConsole: false }) });
  return Object.assign(dataStore, { close: () => dataStore.db.client?.close() });
}
