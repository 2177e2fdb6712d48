import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ADMIN_USER, Guards, person } from '../support/guards.js';
import { end, model, start, task } from '../support/models.js';
import { onStores } from '../support/stores.js';
import { Prepared, run } from './running.js';

const SOURCE = model([start(), task('do'), end()]);
const OTHER = model([start(), task('other'), end()]);

onStores('models on the command line', (kind) => {
  const guards = new Guards(kind);
  const on = new Prepared(guards);
  const plain = (lines: readonly string[]): string[] =>
    lines.map((line) =>
      line
        .replace(/ +\d{4}-.*$/, '')
        .replace(/ +/g, ' ')
        .trimEnd(),
    );

  test('imported files keep their names, can be started, and are recorded', async () => {
    const [ask, cafe] = [on.put('Ask.bpmn', SOURCE), on.put('Cafe\u0301  order.bpmn', OTHER)];
    on.put('Ask.svg', '<svg/>');
    expect(await run(['models', 'import', ask, cafe, ...on.at])).toEqual({
      code: 0,
      out: ['added  Ask', 'added  Caf\u00e9 order'],
      err: [],
    });
    expect(plain((await run(['models', 'list', ...on.at])).out)).toEqual([
      'name owner saved',
      'Ask',
      'Caf\u00e9 order',
    ]);
    const entries = await on.inStore((store) => store.audit.find({ limit: 10 }));
    expect(
      entries.map(({ resource, userName }) => [resource.name, resource.id, userName?.split(':')[0]]),
    ).toEqual([
      ['import model', 'Caf\u00e9 order', 'command-line'],
      ['import model', 'Ask', 'command-line'],
    ]);
    const { guard } = await guards.open({ place: on.place });
    expect((await guard.as(ADMIN_USER).model.get({ name: 'Ask' }))[0]).toMatchObject({ svg: '<svg/>' });
    await guard.as(person('alice')).engine.start('Ask', {});
    expect(await guard.as(person('alice')).data.getPendingUserTasks({})).toHaveLength(1);
  });

  test('a folder is imported as a whole, and an unreadable file is reported and skipped', async () => {
    on.put('Good.bpmn', SOURCE);
    on.put('Bad.bpmn', 'hello');
    on.put('notes.txt', 'hello');
    const { code, out, err } = await run(['models', 'import', on.folder, ...on.at]);
    expect([code, out]).toEqual([1, ['added  Good']]);
    expect(err).toEqual([expect.stringMatching(/Bad\.bpmn: .*bpmn-server cannot read it/)]);
  });

  test('a link to nothing, a folder, a pipe and a file too large are reported, and the others are imported', async () => {
    on.put('Good.bpmn', SOURCE);
    symlinkSync(path.join(on.folder, 'gone'), path.join(on.folder, 'A link.bpmn'));
    mkdirSync(path.join(on.folder, 'B folder.bpmn'));
    execFileSync('mkfifo', [path.join(on.folder, 'C pipe.bpmn')]);
    on.put('D large.bpmn', SOURCE + ' '.repeat(10_000_000));
    mkdirSync(path.join(on.folder, 'E picture.svg'));
    on.put('E picture.bpmn', SOURCE);
    const [link, folder, pipe, large] = [
      /A link\.bpmn: It cannot be read: .*ENOENT/,
      /B folder\.bpmn: It is not a file\./,
      /C pipe\.bpmn: It is not a file\./,
      /D large\.bpmn: It is larger than 10000000 bytes\./,
    ].map((line) => expect.stringMatching(line) as string);
    const picture = expect.stringMatching(/E picture\.bpmn: Its picture is not a file\./) as string;
    expect(await run(['models', 'import', on.folder, ...on.at])).toEqual({
      code: 1,
      out: ['added  Good'],
      err: [link, folder, pipe, large, picture],
    });
    const checked = await run(['models', 'check', on.folder]);
    expect(checked.code).toBe(1);
    expect(checked.out.slice(0, 4)).toEqual([link, folder, pipe, large]);
    expect(checked.out.slice(4)).toEqual([
      expect.stringContaining('E picture.bpmn: no warnings'),
      expect.stringContaining('Good.bpmn: no warnings'),
    ]);
  });

  test('files have a model under each extension of BPMN, and what is not read is named', async () => {
    for (const file of ['A.BPMN', 'B.bpmn20.xml', 'B.bpmn2']) on.put(file, SOURCE);
    mkdirSync(path.join(on.folder, 'inner'));
    on.put('inner/C.bpmn', SOURCE);
    const { code, out, err } = await run(['models', 'import', on.folder, ...on.at]);
    expect([code, out]).toEqual([1, ['added  A', 'added  B']]);
    const unread = [/C\.bpmn: It is in a subfolder/, /B\.bpmn20\.xml: B\.bpmn2 is the same model/];
    expect(err.sort()).toEqual(unread.reverse().map((line) => expect.stringMatching(line) as string));
    const checked = await run(['models', 'check', on.folder]);
    for (const line of unread) expect(checked.out).toContainEqual(expect.stringMatching(line));
    expect(checked.code).toBe(1);
  });

  test('a file is read in its encoding, exported as UTF-8, and read again', async () => {
    const named = SOURCE.replace('encoding="UTF-8"', 'encoding="ISO-8859-1"').replace(
      /name="[^"]*"/,
      'name="Prüfung"',
    );
    writeFileSync(path.join(on.folder, 'A.bpmn'), Buffer.from(named, 'latin1'));
    const file = path.join(on.folder, 'A.bpmn');
    expect((await run(['models', 'import', file, ...on.at])).out).toEqual(['added  A']);
    expect((await on.inStore((store) => store.models.get('A', null)))?.source).toContain('name="Prüfung"');
    expect((await run(['models', 'export', on.folder, '--replace', ...on.at])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('encoding="UTF-8"');
    expect((await run(['models', 'import', file, ...on.at])).out).toEqual(['unchanged  A']);
  });

  test('an existing model is overwritten only on request; the same source changes nothing', async () => {
    const file = on.put('Ask.bpmn', SOURCE);
    await run(['models', 'import', file, ...on.at]);
    expect((await run(['models', 'import', file, ...on.at])).out).toEqual(['unchanged  Ask']);
    on.put('Ask.bpmn', OTHER);
    const refused = await run(['models', 'import', file, ...on.at]);
    expect([refused.code, refused.out]).toEqual([1, []]);
    expect(refused.err[0]).toContain('There is another model of that name; see --replace');
    expect((await run(['models', 'import', file, '--replace', ...on.at])).out).toEqual(['replaced  Ask']);
    expect((await on.inStore((store) => store.models.get('Ask', null)))?.source).toBe(OTHER);
  });

  test('models are separate for each owner, and a file can get another name', async () => {
    const file = on.put('x.bpmn', SOURCE);
    await run(['models', 'import', file, '--owner', 'acme', '--model-name', 'Ask', ...on.at]);
    expect(plain((await run(['models', 'list', ...on.at])).out)).toEqual(['name owner saved', 'Ask acme']);
    expect(JSON.parse((await run(['models', 'list', '--json', ...on.at])).out[0] as string)).toMatchObject({
      name: 'Ask',
      owner: 'acme',
    });
    const target = path.join(on.folder, 'out');
    expect((await run(['models', 'export', target, ...on.at])).out).toEqual([]);
    expect((await run(['models', 'export', target, '--owner', 'acme', ...on.at])).out).toEqual(['Ask']);
    expect(readFileSync(path.join(target, 'Ask.bpmn'), 'utf8')).toBe(SOURCE);
  });

  test('export writes all or the named models, and overwrites files only on request', async () => {
    for (const [name, source] of [
      ['A.bpmn', SOURCE],
      ['B.bpmn', OTHER],
    ] as const)
      await run(['models', 'import', on.put(name, source), ...on.at]);
    const target = path.join(on.folder, 'out');
    mkdirSync(target);
    writeFileSync(path.join(target, 'A.bpmn'), 'mine');
    const { code, out, err } = await run(['models', 'export', target, ...on.at]);
    expect([code, out, err]).toEqual([1, ['B'], ['A: the file A.bpmn exists already; see --replace']]);
    expect(readFileSync(path.join(target, 'A.bpmn'), 'utf8')).toBe('mine');
    expect((await run(['models', 'export', target, '--model', 'A', '--replace', ...on.at])).out).toEqual([
      'A',
    ]);
    expect(readFileSync(path.join(target, 'A.bpmn'), 'utf8')).toBe(SOURCE);
    expect((await run(['models', 'export', target, '--model', 'C', ...on.at])).err).toEqual([
      'There is no model C.',
    ]);
    expect(readdirSync(target).sort()).toEqual(['A.bpmn', 'B.bpmn']);
  });

  test('files are checked without a store, for errors and warnings', async () => {
    const good = on.put('Good.bpmn', SOURCE);
    expect(await run(['models', 'check', good])).toEqual({
      code: 0,
      out: [`${good}: no warnings`],
      err: [],
    });
    expect(await run(['check', good])).toMatchObject({ code: 0 });
    const bad = on.put('Bad.bpmn', 'hello');
    const unclear = on.put(
      'Unclear.bpmn',
      model([start(), task('ask', { assignee: '#{bean.of(x)}' }), end()]),
    );
    const { code, out } = await run(['models', 'check', on.folder]);
    expect(code).toBe(1);
    expect(out).toEqual([
      expect.stringMatching(`^${bad}: .*bpmn-server cannot read it`),
      `${good}: no warnings`,
      expect.stringMatching(`^${unclear}: ask: .*bean`),
    ]);
    const imported = await run(['models', 'import', unclear, ...on.at]);
    expect([imported.code, imported.err]).toEqual([0, [expect.stringMatching('ask: .*bean')]]);
    const [json] = (await run(['models', 'check', unclear, '--json'])).out;
    expect(JSON.parse(json as string)).toMatchObject({ file: unclear, warnings: [{ element: 'ask' }] });
  });

  test('invalid names and missing files are reported', async () => {
    const file = on.put('x.bpmn', SOURCE);
    const wrong = await run(['models', 'import', file, '--model-name', 'a/b', ...on.at]);
    expect([wrong.code, wrong.err[0]]).toEqual([1, expect.stringContaining('A model name must be a text')]);
    expect(await run(['models', 'import', path.join(on.folder, 'none.bpmn'), ...on.at])).toMatchObject({
      code: 1,
    });
    expect(await run(['models', 'import', ...on.at])).toMatchObject({ code: 2 });
    expect(await run(['models', 'import', file, file, '--model-name', 'x', ...on.at])).toMatchObject({
      code: 2,
    });
    expect(existsSync(file)).toBe(true);
  });
});
