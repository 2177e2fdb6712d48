import { checkModel } from 'bpmn-guard';
import { end, model, start, task } from '../../../support/models.js';

const FLOW = '<bpmn:sequenceFlow id="loose" sourceRef="start" targetRef="nowhere" />';
const sound = model([start(), task('t', { assignee: 'ann' }), end()]);
const withBefore = (mark: string, added: string): string => sound.replace(mark, `${added}${mark}`);

describe('a model that means what it says', () => {
  test('has no warnings', async () => {
    expect(await checkModel(sound)).toEqual([]);
  });
});

test.each(['x'.repeat(880_000), `<a ${'y'.repeat(100_000)}`, `${' '.repeat(5_000)}x\n`.repeat(100)])(
  'a document that cannot be read is not repeated in the message',
  async (source) => {
    const error = await checkModel(source).catch((thrown: Error) => thrown as Error & { code: string });
    expect(error).toMatchObject({ code: 'bad-model' });
    expect((error as Error).message.length).toBeLessThan(300);
  },
);

test.each(['ann, ${boss}', 'hr,${grp}'])(
  'the advice for names mixed with an expression, as in %s, is about the mixing',
  async (candidateUsers) => {
    const [warned] = await checkModel(model([start(), task('t', { candidateUsers }), end()]));
    expect(warned?.means).toContain('Write names, or a single expression and nothing else');
    expect(warned?.means).not.toContain('camunda.org');
  },
);

describe('a model that fails when it is run', () => {
  const within = (part: string): string => withBefore('</bpmn:process>', part);
  test.each([
    ['a sub-process without a start event', within('<bpmn:subProcess id="x" />'), 'x', 'no start event'],
    [
      'a timer without a time',
      within(
        '<bpmn:intermediateCatchEvent id="x"><bpmn:timerEventDefinition /></bpmn:intermediateCatchEvent>',
      ),
      'x',
      'a timer without a time',
    ],
    [
      'an error without a transaction',
      within('<bpmn:endEvent id="x"><bpmn:errorEventDefinition /></bpmn:endEvent>'),
      'x',
      'an error event outside a transaction',
    ],
    [
      'a cancel without a transaction',
      within('<bpmn:endEvent id="x"><bpmn:cancelEventDefinition /></bpmn:endEvent>'),
      'x',
      'a cancel event outside a transaction',
    ],
    [
      'a call of a blank name',
      within('<bpmn:callActivity id="x" calledElement=" " />'),
      'x',
      'no calledElement',
    ],
    [
      'an ad-hoc sub-process of nothing',
      within('<bpmn:adHocSubProcess id="x" />'),
      'x',
      'nothing that it can begin with',
    ],
    [
      'a boundary event of nothing',
      within(
        '<bpmn:boundaryEvent id="x"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>',
      ),
      'x',
      'no attachedToRef',
    ],
    ['a call of nothing', within('<bpmn:callActivity id="x" />'), 'x', 'no calledElement'],
    [
      'a process without a start event',
      sound.replace('</bpmn:process>', '</bpmn:process><bpmn:process id="x" isExecutable="true" />'),
      'x',
      'no start event',
    ],
  ])('is saved with a warning: %s', async (_what, source, id, found) => {
    expect(await checkModel(source)).toMatchObject([
      { element: expect.stringContaining(id) as unknown, found },
    ]);
  });
});

describe('an error event', () => {
  test.each(['transaction', 'subProcess'])(
    'is no fault where bpmn-server finds what it ends: %s',
    async (outer) => {
      const inner = (id: string, content: string): string =>
        `<bpmn:subProcess id="${id}"><bpmn:startEvent id="${id}_s" />${content}</bpmn:subProcess>`;
      const thrown = '<bpmn:endEvent id="x"><bpmn:errorEventDefinition /></bpmn:endEvent>';
      const content =
        outer === 'transaction'
          ? inner('a', thrown).replaceAll('subProcess', outer)
          : inner('a', inner('b', thrown));
      expect(await checkModel(withBefore('</bpmn:process>', content))).toEqual([]);
    },
  );
});

describe('a model that cannot be run', () => {
  test.each([
    ['empty', '', /needs its BPMN source as text/],
    ['no XML', 'hello', /bpmn-server cannot read it/],
    ['a flow to an element that does not exist', withBefore('</bpmn:process>', FLOW), /loose.*"nowhere"/],
    [
      'an element without an id',
      withBefore('</bpmn:process>', '<bpmn:userTask name="Sign" />'),
      /UserTask "Sign": it has no id/,
    ],
  ])('is refused with the element and the cause: %s', async (_what, source, message) => {
    await expect(checkModel(source)).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('a model that can be mended without losing anything', () => {
  test('is read: a flow without an id, in a way that every reading repeats', async () => {
    const flows = /<bpmn:sequenceFlow id="[^"]*"/;
    const source = sound.replace(flows, '<bpmn:sequenceFlow');
    expect(source).not.toBe(sound);
    expect(await checkModel(source)).toEqual([]);
  });
});

describe('a part that the parser drops', () => {
  test('and that may have named people is told of: elements that name nobody else belong to nobody', async () => {
    const [warning] = await checkModel(
      withBefore('</bpmn:process>', '<bpmn:laneSet id="1 2"><bpmn:lane id="l" name="hr" /></bpmn:laneSet>'),
    );
    expect(warning).toMatchObject({
      element: expect.stringMatching(/^line \d+$/) as string,
      found: expect.stringContaining('laneSet') as string,
      means: expect.stringContaining('belong to nobody') as string,
    });
  });

  test('and that only explains is not told of', async () => {
    const source = withBefore('</bpmn:process>', '<bpmn:documentation id="1 2">text</bpmn:documentation>');
    expect(await checkModel(source)).toEqual([]);
  });
});

describe('a model whose elements are inside each other', () => {
  const NAMESPACES = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:x="urn:x"';
  const nested = (begin: (n: number) => string, ends: string, count: number): string =>
    Array.from({ length: count }, (_, n) => begin(n)).join('') + ends.repeat(count);
  const inProcess = (inner: string): string =>
    `<definitions ${NAMESPACES}>\n<process id="p"><startEvent id="s"/>${inner}</process></definitions>`;
  const ofExtensions = (depth: number): string =>
    inProcess(
      `<extensionElements>${nested(() => '<x:a who="ann">', '</x:a>', depth - 3)}</extensionElements>`,
    );
  const KINDS: Readonly<Record<string, (depth: number) => string>> = {
    extensions: ofExtensions,
    'sub-processes': (depth) =>
      inProcess(nested((n) => `<subProcess id="x${n}"><!-- > -->`, '</subProcess>', depth - 2)),
    lanes: (depth) => {
      const begin = (n: number): string => `<${n === 0 ? 'l' : 'childL'}aneSet id="x${n}"><lane id="y${n}">`;
      const inner = nested(begin, '', depth / 2 - 1);
      return inProcess(inner + '</lane></childLaneSet>'.repeat(depth / 2 - 2) + '</lane></laneSet>');
    },
  };

  test.each(Object.keys(KINDS))('is read as long as no %s are inside more than 500 others', async (kind) => {
    const source = KINDS[kind] as (depth: number) => string;
    await expect(checkModel(source(500))).resolves.toBeInstanceOf(Array);
    for (const depth of [502, 20_000])
      await expect(checkModel(source(depth))).rejects.toMatchObject({
        code: 'bad-model',
        message: expect.stringMatching(/ in line 2 is inside more than 500 other elements/) as string,
      });
  });

  test.each([
    ['<!-->', '<!-- -->'],
    ['<!--->', '<!-- -->'],
    ['<?>', '<?x?>'],
    ['<![CDATA[]]>', '<![CDATA[]]>'],
    [`<!x '>'>`, ''],
    [`<!x '>`, ''],
  ])('is refused whatever %s, which the parser skips, stands before them', async (before, behind) => {
    const elements = nested(() => '<x:a>', '</x:a>', 20_000);
    const source = inProcess(`<extensionElements>${before}${elements}${behind}</extensionElements>`);
    await expect(checkModel(source)).rejects.toMatchObject({ code: 'bad-model' });
  });
});
