import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Guard } from 'bpmn-guard';
import { ADMIN_USER, eventually, Guards, person, refusal } from '../../support/guards.js';
import { model } from '../../support/models.js';
import { ModelFolderOfTest, sourceFor as source, storedNames as names } from '../../support/model-folder.js';
import { onStores } from '../../support/stores.js';

const DESIGNER = person('designer', 'DESIGNER');

onStores('A folder of models', (kind) => {
  const guards = new Guards(kind);
  let folder: string;
  const files = new ModelFolderOfTest();
  beforeEach(() => (folder = files.path));
  const write: ModelFolderOfTest['write'] = (file, text) => files.write(file, text);

  const sourceOf = (guard: Guard, name: string): Promise<string> =>
    guard.api.model.getSource(name, ADMIN_USER);
  /** The entries of the audit trail for an operation: by whom, on which model, and why it was allowed. */
  const entries = async (guard: Guard, wanted: string): Promise<unknown[]> =>
    (await guard.store.audit.find({ limit: 50 }))
      .filter(({ operation }) => operation === wanted)
      .map(({ userName, resource, reason }) => [userName, resource?.name, reason]);

  describe('that is the definitionsPath of the configuration', () => {
    const config = (): Record<string, unknown> => ({ definitionsPath: folder });

    test('is read at the first start, with an audit entry for each model', async () => {
      write('A.bpmn', source('ann'));
      write('B.bpmn', source('bob'));
      write('B.svg', '<svg/>');
      write('notes.txt', 'no model');
      const guard = await guards.make({ config: config() });
      expect(await names(guard)).toEqual(['A', 'B']);
      expect(await sourceOf(guard, 'A')).toBe(source('ann'));
      expect(await guard.store.models.get('B', null)).toMatchObject({ svg: '<svg/>' });
      expect((await entries(guard, 'model:create')).sort()).toEqual([
        ['system', 'A', 'file A.bpmn'],
        ['system', 'B', 'file B.bpmn'],
      ]);
      expect((await guard.api.engine.start('A', {}, person('x'))).status).toBe('running');
    });

    test('is read once: what was deleted, changed or added since is as the store has it', async () => {
      const place = guards.place();
      write('A.bpmn', source('ann'));
      write('B.bpmn', source('bob'));
      const first = await guards.make({ place, config: config() });
      await first.api.model.delete('A', ADMIN_USER);
      await first.close();
      write('A.bpmn', source('eve'));
      write('B.bpmn', source('eve'));
      write('C.bpmn', source('eve'));
      const second = await guards.make({ place, config: config() });
      expect(await names(second)).toEqual(['B']);
      expect(await sourceOf(second, 'B')).toBe(source('bob'));
      await second.api.model.delete('B', ADMIN_USER);
      await second.close();
      expect(await names(await guards.make({ place, config: config() }))).toEqual([]);
    });

    test('is not read into a store that has models, nor when these are deleted', async () => {
      const place = guards.place();
      write('A.bpmn', source('eve'));
      await (await guards.make({ place, models: { M: source('ann') } })).close();
      const second = await guards.make({ place, config: config() });
      expect(await names(second)).toEqual(['M']);
      await second.api.model.delete('M', ADMIN_USER);
      await second.close();
      expect(await names(await guards.make({ place, config: config() }))).toEqual([]);
    });

    test('may be missing, which is logged', async () => {
      const missing = join(folder, 'none');
      const { guard, log } = await guards.open({ config: { definitionsPath: missing } });
      expect(log.filter(({ facts }) => facts?.folder === missing)).toMatchObject([{ level: 'warn' }]);
      expect(await names(guard)).toEqual([]);
      expect((await guard.health()).unreadableModels).toEqual([]);
      expect(log.filter(({ level }) => level === 'error')).toEqual([]);
    });
  });

  test.each([
    ['is no model', 'hello', /bpmn-server cannot read it/],
    [
      'cannot be run',
      model([]).replace('</bpmn:process>', '<bpmn:task /></bpmn:process>'),
      /Task without an id/,
    ],
    ['is no UTF-8', Uint8Array.of(0xff, 0xfe, 0x3c), /not valid/],
  ])('has a file that %s: it is named and skipped, and the others work', async (_what, content, why) => {
    write('A.bpmn', content);
    write('B.bpmn', source('bob'));
    const file = join(folder, 'A.bpmn');
    for (const parts of [{ config: { definitionsPath: folder } }, { modelFolder: { folder } }]) {
      const { guard, log } = await guards.open(parts);
      expect(await names(guard)).toEqual(['B']);
      expect(await guard.health()).toMatchObject({
        ok: true,
        unreadableModels: [{ model: file, why: expect.stringMatching(why) }],
      });
      expect(log).toContainEqual({
        level: 'error',
        message: 'a model file could not be imported',
        facts: { file, error: expect.stringMatching(why) },
      });
    }
  });

  test('may hold a folder with the name of a file, which is named and skipped', async () => {
    mkdirSync(join(folder, 'A.bpmn'));
    const one = await guards.make({ modelFolder: { folder } });
    expect((await one.health()).unreadableModels).toEqual([
      { model: join(folder, 'A.bpmn'), why: 'It is not a file.' },
    ]);
  });

  test('is refused at the start if it is missing or a file, as a mistake of the configuration', async () => {
    write('A.bpmn', source('ann'));
    for (const [name, why] of [
      ['none', 'ENOENT'],
      ['A.bpmn', 'ENOTDIR'],
    ] as const) {
      const wrong = join(folder, name);
      const error = await refusal(guards.make({ modelFolder: { folder: wrong } }));
      expect(error).toMatchObject({
        code: 'bad-configuration',
        message: expect.stringMatching(`^models\\.folder: .*${why}.*${wrong}`) as string,
      });
    }
  });

  test('is listed by health() if it goes away while it is watched', async () => {
    const watched = join(folder, 'inner');
    mkdirSync(watched);
    const guard = await guards.make({ modelFolder: { folder: watched, watch: true } });
    rmSync(watched, { recursive: true });
    await eventually(async () =>
      (await guard.health()).unreadableModels.find(({ model }) => model === watched),
    );
  });

  test('holds models under each extension of BPMN, and names what it does not read', async () => {
    const files = ['A.bpmn', 'B.BPMN', 'C.bpmn20.xml', 'D.bpmn2', 'E.v2.bpmn'];
    for (const file of files) write(file, source('ann'));
    write('A.bpmn20.xml', source('eve'));
    write('notes.xml', '<notes />');
    mkdirSync(join(folder, 'inner', 'most'), { recursive: true });
    write('inner/most/F.bpmn', source('ann'));
    const { guard, log } = await guards.open({ modelFolder: { folder } });
    const names = (await guard.api.model.list({}, ADMIN_USER)).map(({ name }) => name).sort();
    expect(names).toEqual(['A', 'B', 'C', 'D', 'E.v2']);
    expect(await sourceOf(guard, 'A')).toBe(source('ann'));
    const unread = [
      {
        model: join(folder, 'inner/most/F.bpmn'),
        why: 'It is in a subfolder, which is not read.',
      },
      { model: join(folder, 'A.bpmn20.xml'), why: 'A.bpmn is the same model.' },
    ];
    const { unreadableModels } = await guard.health();
    expect(unreadableModels).toHaveLength(unread.length);
    expect(unreadableModels).toEqual(expect.arrayContaining(unread));
    for (const { model, why } of unread)
      expect(log).toContainEqual(
        expect.objectContaining({ level: 'error', facts: { file: model, error: why } }),
      );
  });

  test('may hold files in the encodings that they declare', async () => {
    const text = source('Müller').replace('encoding="UTF-8"', 'encoding="ISO-8859-1"');
    expect(text).toContain('ISO-8859-1');
    writeFileSync(join(folder, 'A.bpmn'), Buffer.from(text, 'latin1'));
    const guard = await guards.make({ modelFolder: { folder } });
    expect(await sourceOf(guard, 'A')).toBe(source('Müller'));
    expect((await guard.health()).unreadableModels).toEqual([]);
  });

  describe('that the option names', () => {
    test('is read at each start: new and changed files are taken over, with audit entries', async () => {
      const place = guards.place();
      write('A.bpmn', source('ann'));
      const first = await guards.make({ place, modelFolder: { folder } });
      expect(await sourceOf(first, 'A')).toBe(source('ann'));
      write('A.bpmn', source('eve'));
      write('B.bpmn', source('bob'));
      await first.close();
      const second = await guards.make({ place, modelFolder: { folder } });
      expect(await sourceOf(second, 'A')).toBe(source('eve'));
      expect(await names(second)).toEqual(['A', 'B']);
      expect(await entries(second, 'model:write')).toEqual([['system', 'A', 'file A.bpmn']]);
      expect((await entries(second, 'model:create')).sort()).toEqual([
        ['system', 'A', 'file A.bpmn'],
        ['system', 'B', 'file B.bpmn'],
      ]);
    });

    test('does not replace what a designer saved, whether the file is touched or changed', async () => {
      const place = guards.place();
      write('A.bpmn', source('ann'));
      const first = await guards.make({ place, modelFolder: { folder } });
      await first.api.model.save('A', source('designed'), null, DESIGNER);
      await first.close();
      const later = new Date(Date.now() + 60_000);
      utimesSync(join(folder, 'A.bpmn'), later, later);
      const second = await guards.make({ place, modelFolder: { folder } });
      expect(await sourceOf(second, 'A')).toBe(source('designed'));
      await second.close();
      write('A.bpmn', source('eve'));
      const { guard: third, log } = await guards.open({ place, modelFolder: { folder } });
      expect(await sourceOf(third, 'A')).toBe(source('designed'));
      expect(log).toContainEqual({
        level: 'warn',
        message: 'a model file and the stored model have both changed; the stored model is kept',
        facts: { file: join(folder, 'A.bpmn') },
      });
      expect(await entries(third, 'model:write')).toEqual([['designer', 'A', 'task-rules/designer']]);
    });

    test('does not replace a model that was there before it', async () => {
      const place = guards.place();
      await (await guards.make({ place, models: { A: source('ann') } })).close();
      write('A.bpmn', source('eve'));
      expect(await sourceOf(await guards.make({ place, modelFolder: { folder } }), 'A')).toBe(source('ann'));
    });

    test('brings no deleted model back until its file changes', async () => {
      const place = guards.place();
      write('A.bpmn', source('ann'));
      const first = await guards.make({ place, modelFolder: { folder } });
      await first.api.model.delete('A', ADMIN_USER);
      await first.close();
      const second = await guards.make({ place, modelFolder: { folder } });
      expect(await names(second)).toEqual([]);
      await second.close();
      write('A.bpmn', source('bob'));
      expect(await names(await guards.make({ place, modelFolder: { folder } }))).toEqual(['A']);
    });

    test('is followed while the guard is open, if it is watched', async () => {
      write('A.bpmn', source('ann'));
      const guard = await guards.make({ modelFolder: { folder, watch: true } });
      const unreadable = async (): Promise<string[]> =>
        (await guard.health()).unreadableModels.map((entry) => entry.model);
      write('A.bpmn', source('bob'));
      await eventually(async () => (await sourceOf(guard, 'A')) === source('bob'));
      // The model is stored before it is recorded.
      await eventually(async () => (await entries(guard, 'model:write')).length > 0);
      expect(await entries(guard, 'model:write')).toEqual([['system', 'A', 'file A.bpmn']]);
      await guard.api.model.save('A', source('designed'), null, DESIGNER);
      write('A.bpmn', source('eve'));
      write('B.bpmn', 'hello');
      await eventually(async () => (await unreadable()).includes(join(folder, 'B.bpmn')));
      write('B.bpmn', source('bob'));
      await eventually(async () => (await names(guard)).includes('B'));
      // The file is known to be read once its model is stored and recorded.
      await eventually(async () => (await unreadable()).length === 0);
      expect(await sourceOf(guard, 'A')).toBe(source('designed'));
    });

    test('is left alone while the guard is open, if it is not watched', async () => {
      write('A.bpmn', source('ann'));
      const guard = await guards.make({ modelFolder: { folder } });
      write('A.bpmn', source('eve'));
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(await sourceOf(guard, 'A')).toBe(source('ann'));
    });

    test('is checked', async () => {
      const wrong = [{ folder: 5 }, { folder, watch: 'yes' }, {}] as unknown as { folder: string }[];
      for (const modelFolder of wrong)
        expect(await refusal(guards.make({ modelFolder }))).toMatchObject({ code: 'bad-configuration' });
    });
  });
});
