import { ParsedModels } from '../../../src/engine/model/parsed-models.js';
import type { Parser } from '../../../src/engine/model/parsing.js';
import { parse } from '../../../src/engine/model/source/read-definition.js';
import { bpmn, tameHost, type HostDefinition, type HostServer } from '../../../src/engine/model/host.js';
import { newDefinition } from '../../../src/engine/model/host-definition.js';
import { ADMIN_USER, Guards } from '../../support/guards.js';
import { end, model, script, start, task } from '../../support/models.js';

const guards = new Guards('embedded');

const BARE = {
  appDelegate: { moddleOptions: {} },
  logger: {},
  listener: { emit: () => undefined },
} as unknown as HostServer;
const M = model([start(), task('t', { assignee: 'ann' }), end()]);
/** A source that can be told from others; a short one that is none. */
const source = (tag: string): string => `${M}<!--${tag}-->`;
const tagOf = (text: string): string | undefined => /<!--(\w{1,9})/.exec(text)?.[1];

function counting(): { parser: Parser; parsed: (string | undefined)[] } {
  tameHost();
  const real = newDefinition('', '', BARE).moddle as Parser;
  const parsed: (string | undefined)[] = [];
  return { parsed, parser: { fromXML: (text) => (parsed.push(tagOf(text)), real.fromXML(text)) } };
}

describe('Parsed models', () => {
  const { parser, parsed } = counting();
  let models: ParsedModels;
  beforeEach(() => {
    parsed.length = 0;
    models = new ParsedModels(() => parser);
  });

  test('are parsed once for an owner, a name and a source, also by two who come at once', async () => {
    const read = (owner: string | null, name: string, tag: string) =>
      models.read(parser, owner, name, source(tag));
    const both = await Promise.all([read('a', 'm', 'x'), read('a', 'm', 'x')]);
    expect(both[0]).toBe(both[1]);
    await read('a', 'm', 'x');
    expect(parsed).toEqual(['x']);
    for (const [owner, name, tag] of [
      ['b', 'm', 'x'],
      [null, 'm', 'x'],
      ['a', 'n', 'x'],
      ['a', 'm', 'y'],
    ] as const)
      expect(await read(owner, name, tag)).not.toBe(both[0]);
    expect(parsed).toEqual(['x', 'x', 'x', 'x', 'y']);
  });

  test('that cannot be parsed are not kept', async () => {
    for (let i = 0; i < 2; i++) await expect(models.read(parser, null, 'm', '<!--bad-->')).rejects.toThrow();
    expect(parsed).toEqual(['bad', 'bad']);
  });

  test('are bounded in number: the one that was used longest ago goes', async () => {
    for (let i = 0; i < 200; i++) await models.read(parser, null, 'm', source(String(i)));
    await models.read(parser, null, 'm', source('0'));
    await models.read(parser, null, 'm', source('one more'));
    parsed.length = 0;
    await models.read(parser, null, 'm', source('0'));
    await models.read(parser, null, 'm', source('1'));
    expect(parsed).toEqual(['1']);
  });

  test('are bounded in size, and one that is too large alone is not kept', async () => {
    const long = (letter: string): string => source(letter.repeat(900_000));
    for (const letter of 'abc') await models.read(parser, null, 'm', long(letter));
    await models.read(parser, null, 'm', source('d'.repeat(2_000_001)));
    parsed.length = 0;
    await models.read(parser, null, 'm', long('c'));
    await models.read(parser, null, 'm', long('a'));
    await models.read(parser, null, 'm', source('d'.repeat(2_000_001)));
    expect(parsed.map((tag) => tag?.[0])).toEqual(['a', 'd']);
  });

  test('are parsed again when the extensions of the application change', async () => {
    const options = {};
    models.parserFor(options);
    await models.read(parser, null, 'm', source('x'));
    models.parserFor(options);
    await models.read(parser, null, 'm', source('x'));
    models.parserFor({});
    await models.read(parser, null, 'm', source('x'));
    expect(parsed).toEqual(['x', 'x']);
  });

  test('cannot be changed by who loads them', async () => {
    const { rootElement } = await models.read(parser, null, 'm', source('x'));
    expect(() => void (rootElement.$type = 'other')).toThrow(TypeError);
  });
});

describe('A definition that is made of a parsed model', () => {
  test('has the fields of one that the host makes', async () => {
    tameHost();
    const bare = newDefinition('M', M, BARE);
    const parsing = {
      parser: () => bare.moddle as Parser,
      tree: (_name: string, source: string) => parse(bare.moddle as Parser, source),
    };
    const ours = newDefinition('M', M, { ...BARE, parsing });
    const fields = (definition: HostDefinition): string[] =>
      Object.keys(definition)
        .filter((key) => definition[key] !== undefined && key !== 'getDefinition')
        .sort();
    expect(ours).toBeInstanceOf(bpmn.Definition);
    expect(fields(ours)).toEqual(fields(bare));
    await Promise.all([bare.load(), ours.load()]);
    expect(fields(ours)).toEqual(fields(bare));
    expect(JSON.parse(ours.getJson())).toEqual(JSON.parse(bare.getJson()));
  });

  test('is rebuilt for each command: the next one does not see what a script did to a node or its element', async () => {
    const writes = script(
      'writes',
      'this.data.seen = [item.node.mark, item.node.def.mark, item.node.def.$attrs.mark]; item.node.mark = 1; try { item.node.def.mark = 1; item.node.def.$attrs.mark = 1 } catch (e) {}',
    );
    const guard = await guards.make({
      models: { W: model([start(), writes, task('t', { assignee: 'ann' }), end()]) },
    });
    for (let i = 0; i < 2; i++) {
      const { data } = await guard.api.engine.start('W', {}, ADMIN_USER);
      expect(data.seen).toEqual([undefined, undefined, undefined]);
    }
  });

  test('of a changed source is another at once', async () => {
    const guard = await guards.make({ models: { M } });
    await guard.api.engine.start('M', {}, ADMIN_USER);
    await guard.api.model.save(
      'M',
      model([start(), task('other', { assignee: 'ann' }), end()]),
      null,
      ADMIN_USER,
    );
    const { items } = await guard.api.engine.start('M', {}, ADMIN_USER);
    expect(items.map(({ elementId }) => elementId)).toContain('other');
  });
});
