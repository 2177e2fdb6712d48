import { ParsedModels } from '../../../src/engine/model/parsed-models.js';
import { parse, type Parser } from '../../../src/engine/model/source/read-definition.js';
import { bpmn, tameHost, type HostDefinition, type HostServer } from '../../../src/engine/model/host.js';
import { newDefinition } from '../../../src/engine/model/host-definition.js';
import { ADMIN_USER, Guards } from '../../support/guards.js';
import { end, model, script, start, task } from '../../support/models.js';

const guards = new Guards('embedded');

const tree = (): Awaited<ReturnType<Parser['fromXML']>> =>
  ({
    rootElement: { $type: 'bpmn:Definitions', get: () => [] },
    elementsById: {},
    references: [],
    warnings: [],
  }) as unknown as Awaited<ReturnType<Parser['fromXML']>>;

function counting(): { parser: Parser; parsed: string[] } {
  const parsed: string[] = [];
  return {
    parsed,
    parser: {
      fromXML: async (source) => {
        parsed.push(source);
        if (source === 'bad') throw new Error('Not XML.');
        return tree();
      },
    },
  };
}

describe('Parsed models', () => {
  const { parser, parsed } = counting();
  let models: ParsedModels;
  beforeEach(() => {
    parsed.length = 0;
    models = new ParsedModels(() => parser);
  });

  test('are parsed once for an owner, a name and a source, also by two who come at once', async () => {
    const both = await Promise.all([models.read(parser, 'a', 'm', 'x'), models.read(parser, 'a', 'm', 'x')]);
    expect(both[0]).toBe(both[1]);
    await models.read(parser, 'a', 'm', 'x');
    expect(parsed).toEqual(['x']);
    for (const [owner, name, source] of [
      ['b', 'm', 'x'],
      [null, 'm', 'x'],
      ['a', 'n', 'x'],
      ['a', 'm', 'y'],
    ] as const)
      expect(await models.read(parser, owner, name, source)).not.toBe(both[0]);
    expect(parsed).toEqual(['x', 'x', 'x', 'x', 'y']);
  });

  test('that cannot be parsed are not kept', async () => {
    for (let i = 0; i < 2; i++)
      await expect(models.read(parser, null, 'm', 'bad')).rejects.toThrow('Not XML.');
    expect(parsed).toEqual(['bad', 'bad']);
  });

  test('are bounded in number: the one that was used longest ago goes', async () => {
    for (let i = 0; i < 200; i++) await models.read(parser, null, 'm', String(i));
    await models.read(parser, null, 'm', '0');
    await models.read(parser, null, 'm', 'one more');
    parsed.length = 0;
    await models.read(parser, null, 'm', '0');
    await models.read(parser, null, 'm', '1');
    expect(parsed).toEqual(['1']);
  });

  test('are bounded in size, and one that is too large alone is not kept', async () => {
    const long = (letter: string): string => letter.repeat(900_000);
    for (const letter of 'abc') await models.read(parser, null, 'm', long(letter));
    await models.read(parser, null, 'm', 'd'.repeat(2_000_001));
    parsed.length = 0;
    await models.read(parser, null, 'm', long('c'));
    await models.read(parser, null, 'm', long('a'));
    await models.read(parser, null, 'm', 'd'.repeat(2_000_001));
    expect(parsed.map((source) => source[0])).toEqual(['a', 'd']);
  });

  test('are parsed anew when the extensions of the application are others', async () => {
    const options = {};
    models.parserFor(options);
    await models.read(parser, null, 'm', 'x');
    models.parserFor(options);
    await models.read(parser, null, 'm', 'x');
    models.parserFor({});
    await models.read(parser, null, 'm', 'x');
    expect(parsed).toEqual(['x', 'x']);
  });

  test('cannot be changed by who loads them', async () => {
    const { rootElement } = await models.read(parser, null, 'm', 'x');
    expect(() => void (rootElement.$type = 'other')).toThrow(TypeError);
  });
});

describe('A definition that is made of a parsed model', () => {
  const M = model([start(), task('t', { assignee: 'ann' }), end()]);

  test('has the fields of one that the host makes', async () => {
    tameHost();
    const server = {
      appDelegate: { moddleOptions: {} },
      logger: {},
      listener: { emit: () => undefined },
    } as unknown as HostServer;
    const bare = newDefinition('M', M, server);
    const parsing = {
      parser: () => bare.moddle as Parser,
      tree: (_name: string, source: string) => parse(bare.moddle as Parser, source),
    };
    const ours = newDefinition('M', M, { ...server, parsing });
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

  test('is built anew for each command: what a script does to a node, or to its element, the next one does not see', async () => {
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
