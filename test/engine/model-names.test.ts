import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from 'bpmn-guard';
import { ADMIN_USER, Guards, refusal } from '../support/guards.js';
import { end, model, start, task } from '../support/models.js';
import { onStores } from '../support/stores.js';

type Loose = any;
const SOURCE = model([start(), task('wait'), end()]);
const PLAIN = 'Caf\u00e9 order';
/** Texts that show as the plain name does. */
const SAME = ['Cafe\u0301 order', ' Caf\u00e9 order', 'Caf\u00e9\u00a0order', 'Caf\u00e9  order\t'];
const HIDDEN = [
  'Caf\u00e9\u200b order',
  'Caf\u00e9 order\u202e',
  'Caf\u00e9\u2060 order',
  'Caf\u00e9\u0007 order',
];

onStores('names of models', (kind) => {
  const guards = new Guards(kind);
  const ids = (definition: Loose): string[] => [...definition.nodes.keys()] as string[];

  test('a name that looks like another is the same name, whatever is done with it', async () => {
    const guard = await guards.make({ models: { [PLAIN]: SOURCE } });
    const { model: models, engine } = guard.as(ADMIN_USER);
    for (const name of SAME) {
      await models.save(name, SOURCE);
      expect(await models.list()).toEqual([expect.objectContaining({ name: PLAIN })]);
      expect(await models.getSource(name)).toBe(SOURCE);
      expect(ids(await models.load(name))).toContain('wait');
      const { instance } = await engine.start(name, {});
      expect(instance.name).toBe(PLAIN);
      expect(await engine.upgrade(name, [])).toContain(instance.id);
      expect((await refusal(models.rename(name, `${name} `))).code).toBe('conflict');
    }
    await models.rename(SAME[0] as string, 'Un autre cafe\u0301');
    expect(await models.list()).toEqual([expect.objectContaining({ name: 'Un autre caf\u00e9' })]);
    await models.delete('Un  autre cafe\u0301');
    expect(await models.list()).toEqual([]);
  });

  test("the same holds for bpmn-server's own methods", async () => {
    const guard = await guards.make({ models: { [PLAIN]: SOURCE } });
    const { definitions, engine } = guard.server as Loose;
    const folder = mkdtempSync(join(tmpdir(), 'bpmn-guard-names-'));
    await guard.runAs(ADMIN_USER, async () => {
      for (const name of SAME) {
        await definitions.save(name, SOURCE, 'picture');
        await definitions.import([{ name, source: SOURCE, svg: 'picture' }]);
        await definitions.saveModel({ name, source: SOURCE, svg: 'picture' });
        expect((await definitions.loadModel(name)).name).toBe(PLAIN);
        expect(await definitions.getSVG(name)).toBe('picture');
        await definitions.export(name, folder);
        expect((await engine.start(name, {})).instance.name).toBe(PLAIN);
      }
      expect(await definitions.getList()).toHaveLength(1);
      expect(
        readdirSync(folder)
          .map((file) => file.normalize('NFC'))
          .sort(),
      ).toEqual([`${PLAIN}.bpmn`, `${PLAIN}.svg`]);
      for (const name of HIDDEN)
        for (const work of [
          () => definitions.save(name, SOURCE),
          () => definitions.import({ name, source: SOURCE }),
          () => definitions.loadModel(name),
          () => definitions.getSVG(name),
          () => definitions.export(name, folder),
          () => definitions.renameModel(PLAIN, name),
          () => engine.start(name, {}),
        ])
          expect((await refusal(work())).code).toBe('bad-model');
    });
    rmSync(folder, { recursive: true });
  });

  test('invisible characters are refused in names', async () => {
    const guard = await guards.make({ models: { [PLAIN]: SOURCE } });
    const { model: models, engine } = guard.as(ADMIN_USER);
    for (const name of HIDDEN)
      for (const work of [
        models.save(name, SOURCE),
        models.load(name),
        models.getSource(name),
        models.delete(name),
        models.rename(name, 'Other'),
        models.rename(PLAIN, name),
        engine.start(name, {}),
        engine.upgrade(name, []),
      ])
        expect((await refusal(work)).code).toBe('bad-model');
    expect(await models.list()).toEqual([expect.objectContaining({ name: PLAIN })]);
  });

  test('a call activity finds the model whose name looks like what it calls', async () => {
    const calls = model(chainOf('<bpmn:callActivity id="call" calledElement="Cafe\u0301  order" />'));
    const guard = await guards.make({ models: { [PLAIN]: SOURCE, Caller: calls } });
    await guard.as(ADMIN_USER).engine.start('Caller', {});
    const [called] = await guard.as(ADMIN_USER).data.findInstances({ name: PLAIN });
    expect(called?.name).toBe(PLAIN);
  });

  test('invalid stored names are repaired and logged at the next start', async () => {
    const place = guards.place();
    const store = await openStore(place.options);
    await store.install();
    for (const name of ['Cafe\u0301 order', 'Caf\u00e9 order', 'Caf\u00e9 order\u202e', 'a/b'])
      await store.models.put({ name, source: SOURCE, saved: new Date() });
    await store.close();
    const { guard, log } = await guards.open({ place });
    const { model: models } = guard.as(ADMIN_USER);
    const names = ['Caf\u00e9 order', 'Caf\u00e9 order (2)', 'Caf\u00e9 order (3)', 'a-b'];
    expect((await models.list()).map(({ name }) => name)).toEqual(names);
    for (const name of names) expect(ids(await models.load(name))).toContain('wait');
    expect(log.filter(({ message }) => message.startsWith('a model was renamed'))).toHaveLength(3);
    await guard.close();
    const again = await guards.open({ place });
    expect(again.log.filter(({ message }) => message.startsWith('a model was renamed'))).toEqual([]);
  });
});

const chainOf = (xml: string) => [start(), { id: 'call', xml }, end()];
