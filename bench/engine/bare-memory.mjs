import { Definition } from 'bpmn-server';
import { MODEL_NAME, MODEL_SOURCE } from './model.mjs';

const FIELDS = [
  'id',
  'version',
  'startedAt',
  'endedAt',
  'status',
  'saved',
  'tokens',
  'items',
  'loops',
  'name',
  'data',
  'parentItemId',
  'logs',
  'source',
  'svg',
];
const snapshot = (instance) =>
  structuredClone(Object.fromEntries(FIELDS.map((name) => [name, instance[name]])));

/**
 * The least data store on which bpmn-server runs, in memory: an instance is copied when it is saved and when it is
 * read, as every store must, and nothing is searched for. Cheaper than any real one, so that the guard does
 * not gain by it.
 */
export class BareDataStore {
  dbConfiguration = {};
  db = undefined;
  locker = { lock: async () => true, release: async () => undefined, list: async () => [] };
  #instances = new Map();

  async save(instance) {
    instance.version = typeof instance.version === 'number' ? instance.version + 1 : 0;
    instance.saved ??= new Date();
    this.#instances.set(instance.id, snapshot(instance));
  }

  saveInstance(instance) {
    return this.save(instance);
  }

  async findInstance({ id }) {
    return structuredClone(this.#instances.get(id));
  }

  async findItems({ id, 'items.elementId': elementId }) {
    return this.#instances
      .get(id)
      .items.filter((item) => item.elementId === elementId)
      .map((item) => ({ ...item, instanceId: id }));
  }
}

/** The least model store: one model, parsed at each use as bpmn-server's own stores do. */
export class BareModels {
  constructor(server) {
    this.server = server;
  }

  async getSource() {
    return MODEL_SOURCE;
  }

  async getSVG() {
    return null;
  }

  async load() {
    const definition = new Definition(MODEL_NAME, MODEL_SOURCE, this.server);
    await definition.load();
    return definition;
  }

  loadFromInstance() {
    return this.load();
  }
}
