import { checkModel } from 'bpmn-guard';
import { keysOf } from '../../../../src/engine/model/dialects/pairs.js';
import { document, extensions, userTask } from '../../../support/dialects.js';

const NAMESPACES = {
  acme: 'http://example.com/acme',
  camunda: 'http://camunda.org/schema/1.0/bpmn',
  flowable: 'http://flowable.org/bpmn',
  zeebe: 'http://camunda.org/schema/zeebe/1.0',
};
const CLOSED = expect.stringContaining('nobody') as string;
const properties = (inner: string): string => `<camunda:properties>${inner}</camunda:properties>`;
const zeebe = (inner: string): string => `<zeebe:properties>${inner}</zeebe:properties>`;
const header = (key: string): string =>
  `<zeebe:taskHeaders><zeebe:header key="${key}" value="ann" /></zeebe:taskHeaders>`;

const PAIRS = [
  properties('<camunda:property id="assignee" value="ann" />'),
  properties('<camunda:property id="x" name="approvedBy" value="ann" />'),
  properties('<camunda:property id="candidateGroups" name="x" value="ann" />'),
  properties('<camunda:property name="settings" value="assignee: ann" />'),
  properties('<camunda:property name="settings" value="{&quot;assignee&quot;:&quot;ann&quot;}" />'),
  zeebe('<zeebe:property id="approver" value="ann" />'),
  zeebe('<zeebe:property key="approver" value="ann" />'),
  '<flowable:field name="assignee"><flowable:string>ann</flowable:string></flowable:field>',
  '<flowable:field name="assignee" stringValue="ann" />',
  header('assignee'),
  header('candidate-groups'),
  '<acme:property type="assignee" value="ann" />',
  '<acme:param label="approver" value="ann" />',
  '<acme:cfg id="assignee">ann</acme:cfg>',
];

const TEXTS = [
  'assignee: ann',
  'assignee=ann',
  'colour=red;assignee=ann',
  'colour=red&amp;assignee=ann',
  'colour: red\nassignee: ann',
  'people:\n  - ann',
  '- assignee: ann',
  'approved by: ann',
  '{assignee: ann}',
  "{'assignee':'ann'}",
  '{"task": {"assignee": "ann"}}',
  '{"colour": "red", "assignee": ["ann"]}',
  '&lt;assignee&gt;ann&lt;/assignee&gt;',
  'user(ann) | group = hr',
  '{"assignee": ""}',
];

const OTHER = [
  'colour: red',
  'role == "x"',
  'http://example.com/?user=ann',
  'assignee:',
  '{"colour": "red", "size": 3}',
  'In this step the responsible person looks at the request and decides: yes or no',
  'color: red; position: absolute',
];

describe('An extension of a user task that is a pair', () => {
  test.each(PAIRS)(
    'closes the task if its name may mean people, whichever attribute has it: %s',
    async (xml) => {
      expect(await checkModel(document(NAMESPACES, userTask('', extensions(xml))))).toMatchObject([
        { element: 't', means: CLOSED },
      ]);
    },
  );

  test.each([
    properties('<camunda:property id="assignee" value="" />'),
    properties('<camunda:property id="Property_1" name="colour" value="ann" />'),
    header('colour'),
    '<flowable:field name="colour" stringValue="red" />',
    '<camunda:formData><camunda:formField id="assignee" type="string" /></camunda:formData>',
  ])('leaves it open without a value, or if it is about other things: %s', async (xml) => {
    expect(await checkModel(document(NAMESPACES, userTask('', extensions(xml))))).toEqual([]);
  });
});

describe('A text of pairs in a private namespace', () => {
  const places: readonly (readonly [where: string, task: (text: string) => string])[] = [
    ['an element', (text) => userTask('', extensions(`<acme:cfg>${text}</acme:cfg>`))],
    ['CDATA', (text) => userTask('', extensions(`<acme:cfg><![CDATA[${text}]]></acme:cfg>`))],
    ['an inner element', (text) => userTask('', extensions(`<acme:cfg><acme:x>${text}</acme:x></acme:cfg>`))],
    ['an attribute', (text) => userTask(`acme:cfg="${text.replaceAll('"', '&quot;')}"`)],
    [
      'an attribute of an element',
      (text) => userTask('', extensions(`<acme:cfg set="${text.replaceAll('"', '&quot;')}" />`)),
    ],
  ];

  describe.each(places)('in %s', (where, task) => {
    // XML in CDATA is not escaped, and a line break in an attribute is a blank.
    const write = (text: string): string =>
      where === 'CDATA'
        ? text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
        : where.includes('attribute')
          ? text.replaceAll('\n', '&#10;')
          : text;
    test.each(TEXTS)('closes the task if a key may mean people: %s', async (text) => {
      expect(await checkModel(document(NAMESPACES, task(write(text))))).toMatchObject([
        { element: 't', means: CLOSED },
      ]);
    });

    test.each(OTHER)('leaves it open, with a warning, if none does: %s', async (text) => {
      expect(await checkModel(document(NAMESPACES, task(write(text))))).toMatchObject([
        { element: 't', means: expect.stringContaining('open to everybody') as string },
      ]);
    });
  });

  test('closes a start event', async () => {
    const rest = { startAttributes: ' acme:cfg="starter: ann"' };
    expect(await checkModel(document(NAMESPACES, userTask('camunda:assignee="ann"'), rest))).toMatchObject([
      { element: 'start', means: expect.stringContaining('admits nobody') as string },
    ]);
  });

  test('closes a start event by an attribute of its process', async () => {
    const rest = { process: ' acme:cfg="candidateStarterGroups=hr"' };
    expect(await checkModel(document(NAMESPACES, userTask('camunda:assignee="ann"'), rest))).toMatchObject([
      { means: expect.stringContaining('admits nobody') as string },
    ]);
  });

  test('closes what names nobody if the part of the document with it could not be read', async () => {
    const lost = '<bpmn:unknown><acme:cfg>{&quot;assignee&quot;: &quot;ann&quot;}</acme:cfg></bpmn:unknown>';
    const found = await checkModel(document(NAMESPACES, userTask('', extensions('') + lost)));
    expect(found).toContainEqual(expect.objectContaining({ element: 't', means: CLOSED }));
  });

  test('is searched in a time that grows with its length alone', () => {
    for (const piece of ['\n', ' ', 'a ', '{', 'a: ', '"', 'a\n', '- ', '<a', 'a.'])
      expect(keysOf(piece.repeat(200_000)).length).toBeGreaterThanOrEqual(0);
  });
});
