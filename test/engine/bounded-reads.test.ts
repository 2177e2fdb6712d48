import { createGuard, openStore } from 'bpmn-guard';
import type { ItemPlan } from '../../src/store/port.js';
import { ADMIN_USER, SILENT, TestDelegate, waitingTask } from '../support/guards.js';
import { catching, end, model, signal, start, task, throwing } from '../support/models.js';

const configuration = { appDelegate: (server: unknown) => new TestDelegate(server, {}) };
const MODELS = {
  Tasks: model([start(), task('t', { candidateUsers: 'ann' }), end()]),
  Hears: model([start(), catching('c', signal('s')), end()], { signals: ['s'] }),
  Throws: model([start(), throwing('x', signal('s')), end()], { signals: ['s'] }),
};

/** The rows are few, have a limit of bytes, or come without the data of their instances. */
const isBounded = ({ limit = Infinity, bytes, without = [] }: ItemPlan): boolean =>
  limit <= 2 || bytes !== undefined || without.includes('data');

test('what the guard reads of items for itself has a limit of bytes, or leaves out the data of instances', async () => {
  const store = await openStore({ memory: true });
  const guard = await createGuard({ env: {}, store, configuration, logger: SILENT });
  try {
    const { api } = guard;
    for (const [name, source] of Object.entries(MODELS)) await api.model.save(name, source, null, ADMIN_USER);
    const { id } = await api.engine.start('Tasks', {}, ADMIN_USER);
    const { id: itemId } = await waitingTask(guard, 't', id);
    for (let count = 0; count < 2; count++) await api.engine.start('Hears', {}, ADMIN_USER);
    const find = jest.spyOn(store.instances, 'findItems');
    const asked = async (work: () => Promise<unknown>): Promise<readonly boolean[]> => {
      find.mockClear();
      await work();
      return find.mock.calls.map(([plan]) => isBounded(plan));
    };
    expect(await asked(() => api.tasks.allowed([itemId], ADMIN_USER))).toEqual([true]);
    for (const work of [
      () => api.engine.throwSignal('s', {}, null, ADMIN_USER),
      () => api.work.orphans({}, ADMIN_USER),
      () => guard.health(),
      () => api.engine.start('Throws', {}, ADMIN_USER),
    ])
      expect(await asked(work)).not.toContain(false);
  } finally {
    await guard.close();
  }
});
