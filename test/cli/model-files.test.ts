import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Guards } from '../support/guards.js';
import { end, model, start, task } from '../support/models.js';
import { onStores } from '../support/stores.js';
import { Prepared, run } from './running.js';

const SOURCE = model([start(), task('do'), end()]);
const OTHER = model([start(), task('other'), end()]);

onStores('files of models on the command line', (kind) => {
  const guards = new Guards(kind);
  const on = new Prepared(guards);
  test('a file whose elements are too deep inside each other is reported, and the others are imported', async () => {
    const inner = `${'<bpmn:a>'.repeat(20_000)}${'</bpmn:a>'.repeat(20_000)}`;
    on.put('Deep.bpmn', SOURCE.replace('</bpmn:process>', `${inner}$&`));
    on.put('Good.bpmn', SOURCE);
    const deep = expect.stringMatching(/Deep\.bpmn: .*inside more than 500 other elements/) as string;
    const imported = await run(['models', 'import', on.folder, ...on.at]);
    expect(imported).toEqual({ code: 1, out: ['added  Good'], err: [deep] });
    const checked = await run(['models', 'check', on.folder]);
    expect(checked.out).toEqual([deep, expect.stringContaining('Good.bpmn: no warnings')]);
  });

  test('a picture that was added, changed or removed beside the same source is imported like a change', async () => {
    const file = on.put('Ask.bpmn', SOURCE);
    await run(['models', 'import', file, ...on.at]);
    for (const picture of ['<svg/>', '<svg width="1"/>', undefined]) {
      if (picture === undefined) rmSync(path.join(on.folder, 'Ask.svg'));
      else on.put('Ask.svg', picture);
      const refused = await run(['models', 'import', file, ...on.at]);
      expect([refused.code, refused.out]).toEqual([1, []]);
      expect(refused.err[0]).toContain('There is another picture of that model; see --replace');
      const replaced = await run(['models', 'import', file, '--replace', ...on.at]);
      expect(replaced.out).toEqual(['replaced  Ask']);
      expect((await on.inStore((store) => store.models.get('Ask', null)))?.svg ?? undefined).toBe(picture);
      const again = await run(['models', 'import', file, '--replace', ...on.at]);
      expect(again.out).toEqual(['unchanged  Ask']);
    }
  });

  test('of several files of one model, in whatever folders, the first is imported', async () => {
    for (const folder of ['a', 'b']) mkdirSync(path.join(on.folder, folder));
    const first = on.put('a/Café.bpmn', SOURCE);
    const second = on.put('b/Cafe\u0301.bpmn', OTHER);
    const { code, out, err } = await run(['models', 'import', first, second, first, '--replace', ...on.at]);
    expect([code, out]).toEqual([1, ['added  Café', 'unchanged  Café']]);
    expect(err).toEqual([`${second}: ${first} is the same model.`]);
    expect((await on.inStore((store) => store.models.get('Café', null)))?.source).toBe(SOURCE);
    on.put('a/Cafe\u0301.bpmn', OTHER);
    const folder = await run(['models', 'import', path.join(on.folder, 'a'), '--replace', ...on.at]);
    expect([folder.code, folder.err]).toEqual([1, [expect.stringContaining('is the same model')]]);
  });

  test('export writes a model with its picture or not at all, and leaves no picture that is not its own', async () => {
    on.put('A.svg', '<svg/>');
    await run(['models', 'import', on.put('A.bpmn', SOURCE), on.put('B.bpmn', OTHER), ...on.at]);
    const target = path.join(on.folder, 'out');
    mkdirSync(target);
    for (const name of ['A.svg', 'B.svg']) writeFileSync(path.join(target, name), 'mine');
    const { code, out, err } = await run(['models', 'export', target, ...on.at]);
    expect([code, out, readdirSync(target)]).toEqual([1, [], ['A.svg', 'B.svg']]);
    expect(err).toEqual(
      ['A', 'B'].map((name) => `${name}: the file ${name}.svg exists already; see --replace`),
    );
    expect((await run(['models', 'export', target, '--replace', ...on.at])).code).toBe(0);
    expect(readdirSync(target)).toEqual(['A.bpmn', 'A.svg', 'B.bpmn']);
    expect(readFileSync(path.join(target, 'A.svg'), 'utf8')).toBe('<svg/>');
    expect((await run(['models', 'import', target, ...on.at])).out).toEqual(['unchanged  A', 'unchanged  B']);
  });
});
