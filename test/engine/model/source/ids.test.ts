import { checkModel } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal } from '../../../support/guards.js';
import { document, userTask } from '../../../support/dialects.js';

const MEMBERS = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
const guards = new Guards('embedded');
const renamed = (id: string): string => document({}, userTask()).replaceAll('"t"', `"${id}"`);
const causeOf = async (source: string): Promise<string> =>
  checkModel(source).then(
    () => 'none',
    (error: { code: string; message: string }) => `${error.code} ${error.message}`,
  );

describe('an id that the engine cannot use', () => {
  test.each([
    ...['a b', ' ', '1', 'Prüfung'].map((id) => [id, 'is not valid'] as const),
    ...MEMBERS.map((id) => [id, 'is a word of JavaScript'] as const),
  ])('is refused with the element and the cause where a flow leads to it: "%s"', async (id, cause) => {
    const message = await causeOf(renamed(id));
    expect(message).toMatch(/^bad-model SequenceFlow \S+: its (?:source|target) is /);
    expect(message).toContain(
      `${JSON.stringify(id)}, which does not exist: the id of the userTask in line 1 ${cause}`,
    );
  });

  test('is refused where it is empty', async () => {
    expect(await causeOf(renamed(''))).toBe(
      'bad-model UserTask "": it has no id, so nothing can lead to it.',
    );
  });

  test.each([...MEMBERS, 'a b', 't'])('closes the document where nothing leads to it: "%s"', async (id) => {
    const source = document({}, userTask(), { inner: `<bpmn:userTask id="${id}" />` });
    const [first] = await checkModel(
      source.replace(/(<bpmn:userTask id="[^"]*" \/>)(.*)(<\/bpmn:process>)/s, '$2$1$3'),
    );
    expect(first).toMatchObject({
      element: 'line 1',
      found: expect.stringContaining(`<userTask id="${id}">: the id `) as string,
      means: expect.stringContaining('belong to nobody') as string,
    });
  });

  test('is given to a flow that has an empty one', async () => {
    const source = document({}, userTask()).replace(
      /<bpmn:sequenceFlow id="[^"]*"/,
      '<bpmn:sequenceFlow id=""',
    );
    expect(await checkModel(source)).toEqual([]);
  });
});

describe('a reference to a member of every object', () => {
  test.each(MEMBERS)('leads nowhere: a pool of the process %s hides its role', async (id) => {
    const before = `<bpmn:collaboration id="c"><bpmn:participant id="pool" name="hr" processRef="${id}" /></bpmn:collaboration>`;
    const source = document({}, userTask(), { before });
    expect(await checkModel(source)).toContainEqual(
      expect.objectContaining({ element: 'pool', found: `processRef "${id}"` }),
    );
    const guard = await guards.make();
    await guard.api.model.save('M', source, null, ADMIN_USER);
    for (const user of [person('zoe'), person('ann', 'hr')])
      expect(await refusal(guard.api.engine.start('M', {}, user))).toMatchObject({ code: 'not-found' });
  });

  test.each(MEMBERS)('leads nowhere: a lane that stands for %s has no name', async (id) => {
    const inner =
      `<bpmn:laneSet id="ls"><bpmn:lane id="l" partitionElementRef="${id}"><bpmn:flowNodeRef>t</bpmn:flowNodeRef>` +
      '</bpmn:lane></bpmn:laneSet>';
    expect(await checkModel(document({}, userTask(), { inner }))).toContainEqual(
      expect.objectContaining({ element: 'l', found: `partitionElementRef "${id}"` }),
    );
  });

  test.each(MEMBERS)('leads nowhere: a lane that holds %s, or a flow', async (id) => {
    const inner = `<bpmn:laneSet id="ls"><bpmn:lane id="l"><bpmn:flowNodeRef>${id}</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>`;
    expect(await checkModel(document({}, userTask(), { inner }))).toMatchObject([
      { element: 'l', found: `flowNodeRef "${id}"` },
    ]);
    const flow = `<bpmn:sequenceFlow id="x" sourceRef="t" targetRef="${id}" />`;
    expect(await causeOf(document({}, userTask(), { inner: flow }))).toBe(
      `bad-model SequenceFlow x: its target is "${id}", which does not exist.`,
    );
  });
});
