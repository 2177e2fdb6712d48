import { ADMIN_USER, Guards, waitingTask } from '../../../support/guards.js';
import { document, jbpmInputs, userTask } from '../../../support/dialects.js';

const NAMESPACES = { drools: 'http://www.jboss.org/drools' };
const LATE = '[users:ann|groups:hr]@[4h]';
const MAIL = '[from:|tousers:ann|togroups:|replyTo:|subject:Late|body:It is late]@[4h]';

describe('A user task of jBPM', () => {
  const guards = new Guards('embedded');

  async function started(inputs: Readonly<Record<string, string | undefined>>) {
    const guard = await guards.make();
    const source = document(NAMESPACES, userTask('', jbpmInputs(inputs)));
    const { warnings } = await guard.api.model.save('M', source, null, ADMIN_USER);
    const { id } = await guard.api.engine.start('M', {}, ADMIN_USER);
    return { item: await waitingTask(guard, 't', id), warnings };
  }

  test.each(['NotStartedReassign', 'NotCompletedReassign'])(
    'that is handed on when it is late (%s) belongs to nobody, since those people get it later',
    async (name) => {
      const { item, warnings } = await started({ [name]: LATE });
      expect(item).toMatchObject({ state: 'closed' });
      expect(warnings).toMatchObject([
        {
          element: 't',
          found: `dataInput ${name} = ${LATE}`,
          means: expect.stringContaining('is not reassigned') as string,
        },
      ]);
    },
  );

  test('that names others as well stays with them, and its author is warned', async () => {
    const { item, warnings } = await started({ GroupId: 'it', NotStartedReassign: LATE });
    expect(item).toMatchObject({ state: 'unclaimed', candidateGroups: ['it'], candidateUsers: [] });
    expect(warnings).toMatchObject([{ means: expect.stringContaining('is not reassigned') as string }]);
  });

  test.each(['NotStartedNotify', 'NotCompletedNotify'])(
    'of which people are told when it is late (%s) is as open as without, and its author is warned',
    async (name) => {
      const { item, warnings } = await started({ [name]: MAIL });
      expect(item).toMatchObject({ state: 'open' });
      expect(warnings).toMatchObject([{ means: 'Nobody is notified of a late task here.' }]);
    },
  );

  test('with blank forms of both is open, without a warning', async () => {
    const { item, warnings } = await started({
      NotStartedReassign: '[users:|groups:]@[4h]',
      NotCompletedReassign: '',
      NotStartedNotify: '[from:|tousers:|togroups:|replyTo:|subject:|body:]@[4h]',
    });
    expect(item).toMatchObject({ state: 'open' });
    expect(warnings).toEqual([]);
  });
});
