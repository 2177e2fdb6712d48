import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, Guards, person } from '../../support/guards.js';
import { ModelFolderOfTest, sourceFor as source, storedNames as names } from '../../support/model-folder.js';
import { onStores } from '../../support/stores.js';

const DESIGNER = person('designer', 'DESIGNER');

onStores('Reading a folder of models', (kind) => {
  const guards = new Guards(kind);
  const files = new ModelFolderOfTest();
  const write: ModelFolderOfTest['write'] = (file, text) => files.write(file, text);

  test('ignores hidden files and backups, and follows no link that leads out of it', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'bpmn-guard-outside-'));
    writeFileSync(join(outside, 'x.bpmn'), source('eve'));
    writeFileSync(join(outside, 'x.svg'), '<svg/>');
    for (const name of ['.A.bpmn', 'A.bpmn~', '#A.bpmn#', '.A.bpmn.swp']) write(name, 'hello');
    for (const name of ['A.bpmn', 'P.bpmn']) write(name, source('ann'));
    symlinkSync(join(outside, 'x.bpmn'), join(files.path, 'Out.bpmn'));
    symlinkSync(join(outside, 'x.svg'), join(files.path, 'P.svg'));
    symlinkSync('A.bpmn', join(files.path, 'Within.bpmn'));
    const guard = await guards.make({ modelFolder: { folder: files.path } });
    expect(await names(guard)).toEqual(['A', 'Within']);
    expect((await guard.health()).unreadableModels).toEqual([
      { model: join(files.path, 'Out.bpmn'), why: 'It is a link that leads out of the folder.' },
      { model: join(files.path, 'P.bpmn'), why: 'Its picture is a link that leads out of the folder.' },
    ]);
    rmSync(outside, { recursive: true });
  });

  test('logs a conflict with a stored model once', async () => {
    write('A.bpmn', source('ann'));
    const { guard, log } = await guards.open({ modelFolder: { folder: files.path, watch: true } });
    await guard.api.model.save('A', source('designed'), null, DESIGNER);
    const conflicts = (): number => log.filter(({ message }) => /have both changed/.test(message)).length;
    write('A.bpmn', source('eve'));
    await eventually(() => Promise.resolve(conflicts() > 0));
    for (const name of ['B', 'C']) {
      write(`${name}.bpmn`, source('bob'));
      await eventually(async () => (await names(guard)).includes(name));
    }
    expect(conflicts()).toBe(1);
  });
});
