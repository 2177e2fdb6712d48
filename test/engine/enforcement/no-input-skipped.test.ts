import { SecureUser, type Guard, type GuardApi } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';
import { end, model, start, task } from '../../support/models.js';

type Loose = any;
type Call = (...args: unknown[]) => Promise<unknown>;
const SOURCE = model([start(), task('do'), end()]);
const NEWER = model([start(), task('other'), end()]);
const ACME = new SecureUser({ userName: 'ann', userGroups: ['DESIGNER', 'ADMIN'], tenantId: 'acme' });

describe('No argument is ignored', () => {
  const guards = new Guards('embedded');
  let guard: Guard;
  beforeEach(async () => {
    guard = await guards.make({ models: { M: SOURCE } });
  });

  describe('the owner of a model, which upstream takes as the last argument', () => {
    const NAMES: readonly [string, readonly unknown[]][] = [
      ['load', ['M']],
      ['loadFromInstance', [{ name: 'M' }]],
      ['loadModel', ['M']],
      ['getSource', ['M']],
      ['getSVG', ['M']],
      ['findEvents', [{}]],
      ['save', ['N', SOURCE, null]],
      ['saveModel', [{ name: 'N', source: SOURCE }]],
      ['import', [[{ name: 'N', source: SOURCE }]]],
      ['renameModel', ['M', 'K']],
      ['export', ['M', '/tmp']],
      ['deleteModel', ['M']],
    ];
    const call = (name: string, args: readonly unknown[], owner: unknown, user = ACME): Promise<unknown> =>
      guard.runAs(user, () => ((guard.server.definitions as Loose)[name] as Call)(...args, owner));

    test.each(NAMES)('%s refuses that of another tenant, and does nothing', async (name, args) => {
      await guard.runAs(ACME, () => guard.server.definitions.save('M', SOURCE));
      const before = await guard.store.models.find({});
      for (const owner of ['other', 7, { $ne: null }])
        expect(await refusal(call(name, args, owner))).toMatchObject({ code: 'bad-request', status: 400 });
      expect(await refusal(call(name, args, 'acme', ADMIN_USER))).toMatchObject({ code: 'bad-request' });
      expect(await guard.store.models.find({})).toEqual(before);
    });

    test('is honoured where it is its own', async () => {
      await call('save', ['M', NEWER, null], 'acme');
      expect(await call('getSource', ['M'], 'acme')).toBe(NEWER);
      expect(await call('getSource', ['M'], null)).toBe(NEWER);
      expect((await guard.store.models.get('M', 'acme'))?.source).toBe(NEWER);
      expect((await guard.store.models.get('M', null))?.source).toBe(SOURCE);
    });

    test('is refused in a model that is imported, before any is stored', async () => {
      const models = [
        { name: 'N', source: SOURCE },
        { name: 'K', source: SOURCE, owner: 'other' },
      ];
      expect(await refusal(call('import', [models], undefined))).toMatchObject({ code: 'bad-request' });
      expect(await guard.store.models.get('N', 'acme')).toBeUndefined();
    });
  });

  test('the source of an instance is the one that its definition is made of', async () => {
    const view = await guard.api.engine.start('M', {}, person('ann'));
    await guard.api.model.save('M', NEWER, undefined, ADMIN_USER);
    await guard.runAs(ADMIN_USER, async () => {
      const [instance] = await guard.api.data.findInstances({ id: view.id }, ADMIN_USER, 'full');
      const { definitions } = guard.server;
      const nodesOf = async (given: Loose): Promise<boolean[]> => {
        const { nodes } = await definitions.loadFromInstance(given);
        return [nodes.has('do'), nodes.has('other')];
      };
      expect(await nodesOf(instance)).toEqual([true, false]);
      expect(await nodesOf({ name: 'M' })).toEqual([false, true]);
      for (const given of [
        { ...instance, source: NEWER },
        { name: 'M', source: SOURCE },
      ])
        expect(await refusal(definitions.loadFromInstance(given as Loose))).toMatchObject({
          code: 'bad-request',
        });
    });
  });

  describe('surplus arguments are refused', () => {
    const refused = (name: string, most: number): object => ({
      code: 'bad-request',
      message: `${name} takes at most ${most} argument${most === 1 ? '' : 's'}.`,
    });

    test.each<[string, string, number]>([
      ['data', 'findItems', 2],
      ['data', 'findInstances', 3],
      ['model', 'save', 5],
      ['model', 'getSource', 2],
      ['engine', 'invoke', 4],
      ['engine', 'start', 5],
      ['engine', 'assign', 5],
      ['engine', 'upgrade', 3],
      ['tasks', 'take', 2],
      ['tasks', 'complete', 3],
      ['work', 'list', 2],
    ])('api.%s.%s', async (group, name, most) => {
      const call = guard.api[group as keyof GuardApi] as unknown as Record<string, Call>;
      const args = Array<unknown>(most).fill(undefined);
      expect(await refusal((call[name] as Call)(...args, 'more'))).toMatchObject(
        refused(`${group}.${name}`, most),
      );
    });

    test.each<[string, string, number]>([
      ['engine', 'invokeItem', 2],
      ['engine', 'throwMessage', 3],
      ['engine', 'get', 1],
      ['dataStore', 'findItems', 1],
      ['dataStore', 'find', 1],
      ['dataStore', 'archive', 1],
      ['definitions', 'getList', 1],
      ['definitions', 'save', 4],
    ])('server.%s.%s', async (part, name, most) => {
      const call = (guard.server as Loose)[part][name] as Call;
      const args = Array<unknown>(most).fill(undefined);
      expect(await refusal(guard.runAs(ADMIN_USER, () => call(...args, 'more')))).toMatchObject(
        refused(`server.${part}.${name}`, most),
      );
    });

    test('undefined and an empty object do not count as arguments', async () => {
      const find = guard.api.data.findItems as unknown as Call;
      expect(await find({}, ADMIN_USER, null, {}, undefined)).toEqual([]);
      expect(await refusal(find({}, ADMIN_USER, { limit: 1 }))).toMatchObject({ code: 'bad-request' });
    });

    test('and in the API that is bound to a user', async () => {
      const { data } = guard.as(ADMIN_USER);
      expect(await refusal((data.findInstances as unknown as Call)({}, 'full', 'more'))).toMatchObject({
        code: 'bad-request',
      });
    });
  });
});
