import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGuard, openStore } from 'bpmn-guard';
import { end, model, start, task } from '../../support/models.js';
import { lastingPlace, onStores } from '../../support/stores.js';

const source = (assignee: string): string => model([start(), task('t', { assignee }), end()]);

onStores('A model that is saved while its file is taken over', (kind) => {
  test.each([
    ['new', false],
    ['taken over before', true],
  ])('stays, where the file is of one that is %s', async (_which, isKnown) => {
    const folder = mkdtempSync(join(tmpdir(), 'bpmn-guard-models-'));
    const place = lastingPlace(kind);
    const file = join(folder, 'A.bpmn');
    const open = async (wrap: (store: any) => unknown) =>
      createGuard({ env: {}, store: wrap(await openStore(place.options)) as never, models: { folder } });
    try {
      if (isKnown) {
        writeFileSync(file, source('first'));
        await (await open((store) => store)).close();
      }
      writeFileSync(file, source('file'));
      let isSaved = false;
      const guard = await open((store) => {
        const get = async (name: string, owner: string | null) => {
          const found = await store.models.get(name, owner);
          if (!isSaved && name === 'A') {
            isSaved = true;
            const rev = (found?.guard?.rev ?? 0) + 1;
            await store.models.put({ ...found, name, owner, source: source('designer'), guard: { rev } });
          }
          return found;
        };
        const models = Object.create(store.models, { get: { value: get } });
        return Object.create(store, { models: { value: models } });
      });
      expect(isSaved).toBe(true);
      expect((await guard.store.models.get('A', null))?.source).toBe(source('designer'));
      expect((await guard.health()).unreadableModels).toEqual([
        { model: file, why: 'The model was saved by someone else in the meantime.' },
      ]);
      await guard.close();
    } finally {
      await place.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
