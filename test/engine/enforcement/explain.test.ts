import type { Operation, Resource } from 'bpmn-guard';
import { ADMIN_USER, Guards, refusal, waitingTask } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';

const AN_OBJECT = /must be an object such as/;

describe('A question about one resource', () => {
  const guards = new Guards('embedded');

  test('names it in an object; a bare id or another name is refused and not taken for a missing resource', async () => {
    const guard = await guards.make({ models: { M: model([start(), task('t'), end()]) } });
    const { id: instanceId } = await guard.api.engine.start('M', {}, ADMIN_USER);
    const { id } = await waitingTask(guard, 't');
    for (const [operation, resource] of [
      ['task:read', { item: { id } }],
      ['instance:read', { instance: { id: instanceId } }],
      ['model:read', { model: { name: 'M' } }],
    ] as const)
      expect(await guard.can(ADMIN_USER, operation, resource)).toBe(true);
    for (const [operation, resource, message = AN_OBJECT] of [
      ['task:read', { itm: { id } }, /no part "itm"\. Did you mean item\?/],
      ['task:read', { task: { id } }, /no part "task"\. Known are item, instance, model, start\./],
      ['task:read', { item: id }],
      ['task:read', id],
      ['task:read', [{ item: { id } }]],
      ['task:read', { item: null }],
      ['task:read', { item: { id }, instance: instanceId }],
      ['instance:read', { instance: instanceId }],
      ['model:read', { model: 'M' }],
      ['instance:start', { model: { name: 'M' }, start: 'start' }],
    ] as const satisfies readonly (readonly [Operation, unknown, RegExp?])[])
      for (const ask of [guard.can, guard.explain])
        expect(await refusal(ask(ADMIN_USER, operation, resource as Resource))).toMatchObject({
          code: 'bad-request',
          message: expect.stringMatching(message) as unknown,
        });
  });
});
