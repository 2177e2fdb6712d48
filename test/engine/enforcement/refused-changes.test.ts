import type { GuardApi } from 'bpmn-guard';
import { CLAIM } from '../../support/case-models.js';
import { ADMIN_USER, Guards, person } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';
import { any, told } from '../../support/told.js';

const own = person('own');
const MODELS = { Task: model([start(), task('t', { candidateUsers: 'ann,bob' }), end()]), Claim: CLAIM };
const guards = new Guards('embedded');

test('a refused command on a case says what is wrong', async () => {
  const guard = await guards.make({ models: MODELS });
  const cases: GuardApi['cases'] = guard.as(own).cases;
  const { id } = await guard.api.engine.start('Claim', {}, own);
  const { id: plain } = await guard.api.engine.start('Task', {}, own);
  const { id: suspended } = await guard.api.engine.start('Claim', {}, own);
  await guard.api.engine.suspend(suspended, ADMIN_USER);
  const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `n${at}`);
  const field = 'bad-data: A field of the data is a name without dots that does not begin with $.';
  expect(
    await told({
      'no id': () => cases.comment(any(7), 'x'),
      'no case': () => guard.api.cases.comment(plain, 'x', {}, ADMIN_USER),
      'no option': () => cases.comment(id, 'x', any({ role: [] })),
      'an empty comment': () => cases.comment(id, ' '),
      'a broken comment': () => cases.comment(id, '\ud800'),
      'a long comment': () => cases.comment(id, 'x'.repeat(4001)),
      'a comment without an id': () => cases.removeComment(id, any(7)),
      'a comment that is not there': () => cases.changeComment(id, 'none', 'x'),
      'no data': () => cases.setData(id, {}),
      'a path': () => cases.setData(id, { 'a.b': 1 }),
      'an operator': () => cases.removeData(id, ['$a']),
      'a long name': () => cases.removeData(id, ['x'.repeat(501)]),
      'a name that is none': () => cases.removeData(id, any([7])),
      'no names': () => cases.removeData(id, []),
      'no list of names': () => cases.removeData(id, any('a')),
      'too many names': () => cases.removeData(id, names(1001)),
      'no owner left': () => cases.setRole(id, 'owner', { users: [] }),
      'a suspended one': () => cases.comment(suspended, 'x'),
    }),
  ).toEqual({
    'no id': 'bad-request: The id of the instance must be a text.',
    'no case': 'bad-request: The model of this instance declares no roles.',
    'no option': expect.stringMatching(/^bad-request: .*cases\.comment.*roles/) as string,
    'an empty comment': 'bad-request: A comment must be a non-empty text.',
    'a broken comment': 'bad-request: A comment must be a non-empty text.',
    'a long comment': 'too-large: A comment may have at most 4000 characters.',
    'a comment without an id': 'bad-request: The id of the comment must be a text.',
    'a comment that is not there': 'not-found: No such comment, or it is not yours to see.',
    'no data': 'bad-data: There is no data to set.',
    'a path': field,
    'an operator': field,
    'a long name': field,
    'a name that is none': field,
    'no names': 'bad-data: The fields to remove must be a list of 1 to 1000 names.',
    'no list of names': 'bad-data: The fields to remove must be a list of 1 to 1000 names.',
    'too many names': 'bad-data: The fields to remove must be a list of 1 to 1000 names.',
    'no owner left': 'wrong-state: A case has an active owner: name another one instead.',
    'a suspended one': 'wrong-state: The instance is suspended.',
  });
  await cases.removeData(id, ['x'.repeat(500), ...names(999)]);
  expect(await cases.comment(id, 'x'.repeat(4000))).toMatchObject({ author: 'own' });
});

test('a refused change of models says what is wrong', async () => {
  const guard = await guards.make({ models: MODELS });
  const { model: models } = guard.as(ADMIN_USER);
  await guard.as(ADMIN_USER).policies.duties.save('d', { duty: 'not-initiator', model: 'Task' });
  expect(
    await told({
      'no folder': () => models.export({}, '/no/such/folder'),
      'a file as folder': () => models.export({}, __filename),
      'no text as folder': () => models.export({}, any(undefined)),
      'no picture': () => models.save('Task', MODELS.Task, any(7)),
      'no options': () => models.save('Task', MODELS.Task, null, any({ sectoin: 'x' })),
      'a name that policies name': () => models.rename('Task', 'Other'),
      'no model': () => models.rename('None', 'Other'),
      'no source': () => models.getSource('None'),
    }),
  ).toEqual({
    'no folder': 'bad-request: Models can only be exported into an existing folder.',
    'a file as folder': 'bad-request: Models can only be exported into an existing folder.',
    'no text as folder': 'bad-request: Models can only be exported into an existing folder.',
    'no picture': 'bad-model: The picture of a model is SVG text.',
    'no options': expect.stringMatching(/^bad-.*section/) as string,
    'a name that policies name': expect.stringMatching(
      /^wrong-state: Policies name this model, and would no longer apply: .*d/,
    ) as string,
    'no model': 'not-found: No such model, or it is not yours to see.',
    'no source': 'not-found: No such model, or it is not yours to see.',
  });
});
