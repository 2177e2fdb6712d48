import { checkModel } from 'bpmn-guard';
import { ADMIN_USER, Guards, person } from '../../../support/guards.js';
import { document, userTask, type DocumentRest } from '../../../support/dialects.js';

/** The documents' own namespace is `t`. */
const OWN = { tns: 't', other: 'http://example.com/other' };
const lane = (refersTo: string, attributes = ' name="hr"'): DocumentRest => ({
  before: '<bpmn:resource id="R" name="hr" />',
  inner: `<bpmn:laneSet id="ls"><bpmn:lane id="l"${attributes}><bpmn:flowNodeRef>start</bpmn:flowNodeRef><bpmn:flowNodeRef>${refersTo}</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>`,
});
const pool = (refersTo: string, declared = ''): DocumentRest => ({
  before: `<bpmn:collaboration id="c"><bpmn:participant id="P" name="hr" processRef="${refersTo}"${declared} /></bpmn:collaboration>`,
});
const owner = (refersTo: string): string =>
  userTask('', `<bpmn:potentialOwner><bpmn:resourceRef>${refersTo}</bpmn:resourceRef></bpmn:potentialOwner>`);
const resource: DocumentRest = { before: '<bpmn:resource id="R" name="hr" />' };

type Case = readonly [what: string, task: string, rest: DocumentRest];

const RESOLVED: readonly Case[] = [
  ['a pool', userTask(), pool('tns:p')],
  ['a pool that declares the prefix itself', userTask(), pool('own:p', ' xmlns:own="t"')],
  ['a pool with blanks', userTask(), pool(' p ')],
  ['a lane', userTask(), lane('tns:t')],
  ['a lane with blanks', userTask(), lane('\n  t\n  ')],
  ['a lane without a name', userTask(), lane('t', ' partitionElementRef="tns:R"')],
  ['a potential owner', owner('tns:R'), resource],
];

const FOREIGN: readonly Case[] = [
  ['a pool', userTask(), pool('other:p')],
  ['a pool, with a prefix that nothing declares', userTask(), pool('x:p')],
  ['a pool, with a prefix of two namespaces', userTask(), pool('tns:p', ' xmlns:tns="u"')],
  ['a lane without a name', userTask(), lane('t', ' partitionElementRef="other:R"')],
  ['a potential owner', owner('other:R'), resource],
];

describe('A reference by a qualified name', () => {
  const guards = new Guards('embedded');

  async function waiting(task: string, rest: DocumentRest) {
    const guard = await guards.make();
    const source = document(OWN, task, rest);
    const { warnings } = await guard.api.model.save('M', source, null, ADMIN_USER);
    const { id } = await guard.api.engine.start('M', {}, ADMIN_USER);
    const [item] = await guard.api.data.findItems({ id, 'items.elementId': 't' }, ADMIN_USER);
    const seen = await guard.api.data.findItems({ id }, person('stranger'));
    return { item, seen, warnings };
  }

  test.each(RESOLVED)('in the namespace of the document is followed: %s', async (_what, task, rest) => {
    const { item, seen, warnings } = await waiting(task, rest);
    expect(item).toMatchObject({ candidateGroups: ['hr'], state: 'unclaimed' });
    expect(seen).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test.each(FOREIGN)('in another namespace closes the task: %s', async (_what, task, rest) => {
    const { item, seen, warnings } = await waiting(task, rest);
    expect(item).toMatchObject({ state: 'closed' });
    expect(seen).toEqual([]);
    expect(warnings).not.toEqual([]);
  });

  test('leads a flow to its element', async () => {
    const source = document(OWN, userTask()).replaceAll(/(sourceRef|targetRef)="/g, '$1="tns:');
    expect(await checkModel(source)).toEqual([]);
    const guard = await guards.make();
    await guard.api.model.save('M', source, null, ADMIN_USER);
    const { id } = await guard.api.engine.start('M', {}, ADMIN_USER);
    expect(await guard.api.data.findItems({ id, 'items.elementId': 't' }, ADMIN_USER)).toHaveLength(1);
  });

  test('is refused at a flow if it is in another namespace', async () => {
    const source = document(OWN, userTask()).replace('targetRef="t"', 'targetRef="other:t"');
    await expect(checkModel(source)).rejects.toMatchObject({
      code: 'bad-model',
      message: expect.stringContaining('"other:t", which does not exist') as string,
    });
  });
});
