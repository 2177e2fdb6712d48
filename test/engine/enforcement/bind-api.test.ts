import { type GuardApi, SecureUser } from 'bpmn-guard';
import { bindApi } from '../../../src/engine/enforcement/bind-api.js';
import { mapApi } from '../../../src/engine/enforcement/api-members.js';
import { person } from '../../support/guards.js';

type Loose = any;
const [ann, bob] = [person('ann'), person('bob')];
const acme = (userName: string) => new SecureUser({ userName, tenantId: 'acme' });
const OTHER = 'This API is bound to another user.';
const NO_USER = 'A user is a SecureUser or an object with a userName.';

/** An API that answers with its arguments, bound to a user; a principal is shown by its name. */
function bound(user: unknown = ann): Loose {
  const places = new Proxy({}, { get: () => places }) as GuardApi;
  const named = (value: unknown): unknown =>
    value instanceof SecureUser ? `${value.userName} of ${value.tenantId}` : value;
  const echo = mapApi(
    places,
    () =>
      async (...args) =>
        args.map(named),
  );
  return bindApi(echo, user as never);
}
const ANN = 'ann of undefined';

test('the user is filled in where a member takes it, whether or not the arguments before it are given', async () => {
  const { tasks, model, work, policies } = bound();
  expect(await tasks.take('t')).toEqual(['t', ANN]);
  expect(await tasks.take('t', ann)).toEqual(['t', ANN]);
  expect(await tasks.take('t', null)).toEqual(['t', ANN]);
  expect(await tasks.count()).toEqual([undefined, ANN]);
  expect(await tasks.assign('t', 'bob')).toEqual(['t', 'bob', ANN]);
  expect(await tasks.assign('t', 'bob', ann)).toEqual(['t', 'bob', ANN]);
  expect(await work.list()).toEqual([undefined, ANN]);
  expect(await model.save('M', 'source')).toEqual(['M', 'source', undefined, ANN]);
  expect(await policies.securityRoles.list()).toEqual([ANN]);
});

test('options stay behind the user, and are given in its place too', async () => {
  const { engine, data, tasks, model } = bound();
  const options = { noWait: true };
  expect(await engine.invoke({}, {}, options)).toEqual([{}, {}, ANN, options]);
  expect(await engine.invoke({}, {}, ann, options)).toEqual([{}, {}, ANN, options]);
  expect(await data.findInstances({}, 'full')).toEqual([{}, ANN, 'full']);
  expect(await tasks.count({}, { exact: true })).toEqual([{}, ANN, { exact: true }]);
  expect(await model.save('M', 's', null, ann, { section: 'a' })).toEqual([
    'M',
    's',
    null,
    ANN,
    { section: 'a' },
  ]);
  for (const withUser of [
    { userName: 'ann', noWait: true },
    { userName: 'ann', startNodeId: 's' },
  ])
    expect(await engine.invoke({}, {}, withUser)).toEqual([{}, {}, ANN, withUser]);
});

test('the user of a start and of an assignment is found where upstream documents it', async () => {
  const { engine } = bound();
  expect(await engine.start('M', {}, ann, { a: 1 })).toEqual(['M', {}, ANN, { a: 1 }]);
  expect(await engine.start('M', {}, {}, ann, { a: 1 })).toEqual(['M', {}, ANN, { a: 1 }]);
  expect(await engine.start('M')).toEqual(['M', undefined, ANN, undefined]);
  expect(await engine.assign({}, {}, { priority: 1 }, ann, { a: 1 })).toEqual([
    {},
    {},
    { priority: 1 },
    ANN,
    { a: 1 },
  ]);
  expect(await engine.assign({}, {}, ann, { priority: 1 }, { a: 1 })).toEqual([
    {},
    {},
    { priority: 1 },
    ANN,
    { a: 1 },
  ]);
  expect(() => engine.start('M', {}, {}, bob)).toThrow(new TypeError(OTHER));
  expect(() => engine.assign({}, {}, bob, { priority: 1 })).toThrow(new TypeError(OTHER));
});

test('another user, or a value that is not a user, is refused', async () => {
  const { tasks, model, engine } = bound(acme('ann'));
  expect(await tasks.take('t', acme('ann'))).toEqual(['t', 'ann of acme']);
  expect(await tasks.take('t', ann)).toEqual(['t', 'ann of acme']);
  for (const other of [bob, acme('bob'), new SecureUser({ userName: 'ann', tenantId: 'globex' })])
    expect(() => tasks.take('t', other)).toThrow(new TypeError(OTHER));
  for (const none of ['ann', 7, {}]) expect(() => tasks.take('t', none)).toThrow(new TypeError(NO_USER));
  // Of the members with options, only those on models take no text in its place.
  expect(() => model.save('M', 's', null, 'ann')).toThrow(new TypeError(NO_USER));
  expect(await model.save('M', 's', null, { section: 'a' })).toEqual([
    'M',
    's',
    null,
    'ann of acme',
    { section: 'a' },
  ]);
  expect(await engine.invoke({}, {}, 'text')).toEqual([{}, {}, 'ann of acme', 'text']);
});
