import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Guard } from 'bpmn-guard';
import { ADMIN_USER, eventually, Guards, person } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { onStores } from '../../support/stores.js';

/** Models that can be told apart. */
const source = (assignee: string): string => model([start(), task('t', { assignee }), end()]);
const DESIGNER = person('designer', 'DESIGNER');

onStores('What lies in a folder of models', (kind) => {
  const guards = new Guards(kind);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bpmn-guard-models-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (file: string, text: string | Uint8Array): void => writeFileSync(join(folder, file), text);
  const names = async (guard: Guard): Promise<string[]> =>
    (await guard.api.model.list({}, ADMIN_USER)).map(({ name }) => name).sort();

  test('ignores hidden files and backups, and follows no link that leads out of it', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'bpmn-guard-outside-'));
    writeFileSync(join(outside, 'x.bpmn'), source('eve'));
    writeFileSync(join(outside, 'x.svg'), '<svg/>');
    for (const name of ['.A.bpmn', 'A.bpmn~', '#A.bpmn#', '.A.bpmn.swp']) write(name, 'hello');
    for (const name of ['A.bpmn', 'P.bpmn']) write(name, source('ann'));
    symlinkSync(join(outside, 'x.bpmn'), join(folder, 'Out.bpmn'));
    symlinkSync(join(outside, 'x.svg'), join(folder, 'P.svg'));
    symlinkSync('A.bpmn', join(folder, 'Within.bpmn'));
    const guard = await guards.make({ modelFolder: { folder } });
    expect(await names(guard)).toEqual(['A', 'Within']);
    expect((await guard.health()).unreadableModels).toEqual([
      { model: join(folder, 'Out.bpmn'), why: 'It is a link that leads out of the folder.' },
      { model: join(folder, 'P.bpmn'), why: 'Its picture is a link that leads out of the folder.' },
    ]);
    rmSync(outside, { recursive: true });
  });

  test('logs a conflict with a stored model once', async () => {
    write('A.bpmn', source('ann'));
    const { guard, log } = await guards.open({ modelFolder: { folder, watch: true } });
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
