import ts from 'typescript';
import type { IBpmnModelData, IEventData, IInstanceData, IItemData } from 'bpmn-server';
import type { FoundRow, InstanceView, ItemView, ModelEvent, ModelView } from '../../../src/index.js';
import { administrator, createTestGuard } from '../../../src/testing.js';
import { end, model, start, task } from '../../support/models.js';
import { nodesOf } from '../../surface/sources.js';

/** The members of a type that its index signature does not stand for, and whose type is not `unknown`. */
type Known<T> = keyof { [K in keyof T as string extends K ? never : unknown extends T[K] ? never : K]: T[K] };
type Missing<Host, View, Left = never> = Exclude<keyof Host, Known<View> | Left>;
/** Compiles only if there are no such members: `npm run typecheck` is the test. */
const none = <Members extends never>(members: Members[] = []): number => members.length;

test('the types of views name each field of bpmn-server that a view may have', () => {
  // The engine's notes on an item, and its loops, are in no view. The output of a service may be anything.
  expect(none<Missing<IItemData, ItemView, 'statusDetails' | 'output'>>()).toBe(0);
  expect(none<Missing<IInstanceData, InstanceView, 'loops'>>()).toBe(0);
  expect(none<Missing<IBpmnModelData, ModelView>>()).toBe(0);
  // Declared by bpmn-server, and never set.
  expect(none<Missing<IEventData, ModelEvent, 'expressionFormat' | 'maxRepeat' | 'repeatCount'>>()).toBe(0);
  expect(none<Exclude<Known<InstanceView>, Known<FoundRow>>>()).toBe(0);
});

/** The members that an interface declares by name. */
const declared = (name: string): string[] =>
  nodesOf('src/engine/contract/view-types.ts')
    .filter((node) => ts.isInterfaceDeclaration(node))
    .filter((node) => node.name.text === name)
    .flatMap(({ members }) => members.map((member) => member.name?.getText() ?? ''));

test('views have no field at run time that their types do not name', async () => {
  const guard = await createTestGuard({ configuration: {} });
  try {
    const { engine, data, model: models } = guard.as(administrator());
    const source = model([start({ candidateGroups: 'hr' }), task('a', { assignee: 'ann' }), end()]);
    await models.save('Named', source);
    const { instance, items } = await engine.start('Named', { x: 1 });
    const [full] = await data.findInstances({}, undefined, 'full');
    const [stored] = await models.get({ name: 'Named' });
    const [row] = (await data.find({ filter: {} })).data;
    const shown = {
      ItemView: [items.at(-1), full?.items[0]],
      InstanceView: [instance, full, row],
      TokenView: [instance.tokens?.[0]],
      ModelView: [stored],
      ModelProcess: [stored?.processes?.[0]],
      ModelEvent: await models.findEvents(),
    };
    for (const [name, views] of Object.entries(shown))
      for (const view of views) {
        expect(view).toBeDefined();
        const names = [...declared(name), '_id']; // the database's own id of a model, as bpmn-server returns it
        const unnamed = Object.keys(view ?? {}).filter((key) => !names.includes(key));
        expect([name, unnamed]).toEqual([name, []]);
      }
  } finally {
    await guard.close();
  }
});
