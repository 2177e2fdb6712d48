import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkModel } from 'bpmn-guard';
import { ADMIN_USER, Guards, person, refusal } from '../../support/guards.js';
import { document } from '../../support/dialects.js';
import { onStores } from '../../support/stores.js';

const NAMESPACES = {
  camunda: 'http://camunda.org/schema/1.0/bpmn',
  flowable: 'http://flowable.org/bpmn',
  zeebe: 'http://camunda.org/schema/zeebe/1.0',
};
const rule = (attributes: string, inner = ''): string =>
  `<bpmn:businessRuleTask id="t" ${attributes}>${inner}</bpmn:businessRuleTask>`;
const DISH = document(NAMESPACES, rule('camunda:decisionRef="dish"'));
const BROKEN = '<definitions><decision /></definitions>';

describe('A warning tells the author of a business rule task', () => {
  test('the file of its rules', async () => {
    expect(await checkModel(DISH)).toEqual([
      {
        element: 't',
        found: 'camunda:decisionRef="dish"',
        means: expect.stringMatching(/ends in \.dmn\.xml.*definitionsPath/) as string,
      },
    ]);
  });

  test.each([
    rule('flowable:decisionRef="dish"'),
    rule('camunda:class="org.x.Dish"'),
    rule('implementation="dish"'),
    rule('', '<bpmn:extensionElements><zeebe:calledDecision decisionId="dish" /></bpmn:extensionElements>'),
  ])('that bpmn-server runs nothing there: %s', async (xml) => {
    expect(await checkModel(document(NAMESPACES, xml))).toMatchObject([
      { element: 't', means: expect.stringContaining('ends at once') as string },
    ]);
  });

  test.each([rule(''), rule('implementation="##unspecified"')])(
    'nothing if it names no rules: %s',
    async (xml) => {
      expect(await checkModel(document(NAMESPACES, xml))).toEqual([]);
    },
  );
});

onStores('An instance that reaches rules which cannot be read', (kind) => {
  const guards = new Guards(kind);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'rules-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function starting(config: Record<string, unknown>) {
    const guard = await guards.make({ config });
    await guard.api.model.save('M', DISH, null, ADMIN_USER);
    const error = await refusal(guard.api.engine.start('M', {}, person('ann')));
    expect(await guard.api.data.findInstances({}, ADMIN_USER)).toEqual([]);
    return error;
  }

  test('fails with an error of the model if the configuration has no folder for them', async () => {
    expect(await starting({})).toMatchObject({
      code: 'failed',
      message: expect.stringMatching(
        /t: its rules are in the file "dish\.dmn\.xml" .*does not set/,
      ) as string,
    });
  });

  test('fails with an error of the model if the folder has none of that name', async () => {
    expect(await starting({ definitionsPath: folder })).toMatchObject({
      code: 'failed',
      message: expect.stringMatching(/t: its rules cannot be read: .*"dish\.dmn\.xml".*ENOENT/) as string,
    });
  });

  test('fails with an error of the model if the file is not a table of rules', async () => {
    await writeFile(path.join(folder, 'dish.dmn.xml'), BROKEN);
    expect(await starting({ definitionsPath: folder })).toMatchObject({
      code: 'failed',
      message: expect.stringContaining(
        't: its rules in the file "dish.dmn.xml" cannot be evaluated',
      ) as string,
    });
  });
});
