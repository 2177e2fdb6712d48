import {
  parseCsv,
  parseProperties,
  parseYaml,
  type ParsedFile,
} from '../../../../src/engine/policies/files/parse-file.js';
import { printPolicyFile, readPolicyText } from '../../../../src/engine/policies/files/policy-text.js';
import { changedSet } from '../../../../src/core/policy-set/kinds.js';
import { readCaseAuthorization } from '../../../../src/core/policies/case-roles/properties.js';
import { PolicySet } from '../../../../src/core/policy-set/policy-set.js';
import { Turns } from '../../../../src/store/turns.js';

/** Reads a text in turns with nothing else. */
const yaml = (file: string, text: string): Promise<ParsedFile> => parseYaml(file, text, new Turns());
const roles = (count: number): string =>
  `securityRoles:\n${Array.from({ length: count }, (_, at) => `  r${at}:\n    rights: [Todo:Process]\n`).join('')}`;

type Test = (one: unknown, at: number, all: unknown[]) => unknown;

/** Entries that are looked at by the comparing methods of lists while the work runs. */
async function compared(work: () => Promise<unknown>): Promise<number> {
  let steps = 0;
  const counted =
    (test: Test): Test =>
    (one, at, all) => {
      steps++;
      return test(one, at, all);
    };
  const { some, find } = Array.prototype;
  const spies = [
    jest.spyOn(Array.prototype, 'some').mockImplementation(function (this: unknown[], test: Test): boolean {
      return some.call(this, counted(test));
    }),
    jest.spyOn(Array.prototype, 'find').mockImplementation(function (this: unknown[], test: Test): unknown {
      return find.call(this, counted(test));
    }),
  ];
  await work();
  for (const spy of spies) spy.mockRestore();
  return steps;
}

describe('the parser of policy files', () => {
  test('looks at each key a fixed number of times: twice as many entries are twice as many steps', async () => {
    const steps = (count: number): Promise<number> => compared(() => yaml('a.yaml', roles(count)));
    const [few, many] = [await steps(200), await steps(400)];
    expect(few).toBeGreaterThan(0);
    expect(many).toBeLessThan(few * 2.2);
  });

  test.each([
    ['YAML', 'securityRoles:\n  a: { rights: [] }\n  b:\n    rights:\n      - Todo:Proces\n', [5, 9]],
    [
      'JSON',
      '{\n "securityRoles": {"a": {"rights": []},\n  "\\u0062": {"rights": [ "Todo:Proces" ]}}\n}',
      [3, 26],
    ],
  ])('finds the place of a mistake in %s', async (_form, text, place) => {
    const { mistakes } = await yaml('a', text);
    expect(mistakes.map(({ line, column }) => [line, column])).toEqual([place]);
    const { statements } = await yaml('a', text.replace('Proces', 'Process'));
    expect(statements.map(({ change, line }) => [change.id, line])).toEqual([
      ['a', 2],
      ['b', 3],
    ]);
  });

  test.each([
    ['YAML', 'securityRoles:\n  a: {}\n  b: {}\n  a: {}\n', /^Map keys must be unique$/, 4],
    ['a key in another way to write it', 'securityRoles:\n  1: {}\n  "1": {}\n', /unique/, 3],
    ['JSON', '{"securityRoles": {"a": {"rights": []},\n "\\u0061": {"rights": []}}}', /unique/, 2],
    ['a list as a key', '? [a]\n: {}\n', /^A key must be a text$/, 1],
    ['an alias as a key', 'securityRoles:\n  &x a: {}\n  *x : {}\n', /^A key must be a text$/, 3],
  ])('refuses a key that stands twice, or is no text: %s', async (_what, text, message, line) => {
    const { mistakes, statements } = await yaml('a', text);
    expect(statements).toEqual([]);
    expect(mistakes).toEqual([
      expect.objectContaining({ line, message: expect.stringMatching(message) as unknown }),
    ]);
  });

  test.each(['[', '{"a":', '- '])(
    'answers a text that is nested without end by a mistake: %s',
    async (sign) => {
      expect((await yaml('a', sign.repeat(50_000))).mistakes).not.toEqual([]);
    },
  );

  test('an export of a large set is JSON and is read again; that of a small one is YAML', async () => {
    const changes = Array.from({ length: 5000 }, (_, at) => ({
      kind: 'security-role',
      id: `r${at}`,
      value: { rights: ['Todo:Process'] },
    }));
    const large = changedSet(PolicySet.EMPTY, changes);
    const text = printPolicyFile(large, 'acme');
    expect(text.startsWith('{')).toBe(true);
    const { tenantId, statements } = await readPolicyText(text, new Turns());
    expect(tenantId).toBe('acme');
    expect(statements.map(({ change: { kind, id, value } }) => ({ kind, id, value }))).toEqual(changes);
    const small = printPolicyFile(changedSet(PolicySet.EMPTY, changes.slice(0, 2)), 'acme');
    expect(small.split('\n').slice(0, 2)).toEqual(['tenant: "acme"', 'securityRoles:']);
    await expect(readPolicyText(`# ${'x'.repeat(200_000)}`, new Turns())).rejects.toThrow(
      /YAML has at most 200000 characters: write it as JSON, which may have 100000000, or rules of the grid as CSV/,
    );
  });

  test('what is too large for its form is refused with the way to write it, before it is parsed', async () => {
    const large = await yaml('a.yaml', `securityRoles: {}\n# ${'x'.repeat(200_000)}`);
    expect(large.mistakes).toMatchObject([{ file: 'a.yaml', line: 1 }]);
    expect(large.mistakes[0]?.message).toMatch(/200000 characters: write it as JSON/);
    for (const [text, most] of [
      [`# ${'x'.repeat(100_000)}\nADD_DATA=\n`, '100000 characters'],
      [`${'\n'.repeat(1000)}ADD_DATA=\n`, '1000 lines'],
    ] as const) {
      const { statements, mistakes } = await parseProperties('case-authorization.properties', text);
      expect(statements).toEqual([]);
      expect(mistakes[0]?.message).toContain(`at most ${most}`);
      expect(() => readCaseAuthorization(text)).toThrow(
        expect.objectContaining({ code: 'too-large', status: 413 }) as Error,
      );
    }
  });

  test('a mistake in large JSON is named with its place, too, though it is no YAML of that size', async () => {
    const text = `{\n"securityRoles": {},\n"x": ${JSON.stringify('x'.repeat(200_000))},\n"y": 1 "z": 2\n}`;
    const {
      mistakes: [mistake],
    } = await yaml('a.json', text);
    expect(mistake).toMatchObject({ file: 'a.json', line: 4 });
    expect(mistake?.message).toMatch(/^It is not valid JSON: /);
  });
});

describe('a mistake is placed at the key that it is about', () => {
  const inYaml =
    'duties:\n  four-eyes:\n    duty: not-initiator\n    model: M\n    strickt:\n      true\nrols:\n  a: 1\n';
  const json =
    '{ "duties": {\n  "four-eyes": {\n    "duty": "not-initiator", "model": "M",\n    "strickt":\n true } },\n"rols": {\n "a": 1 } }';
  test.each([
    ['YAML', inYaml, [5, 5], [7, 1]],
    ['JSON', json, [4, 5], [6, 1]],
  ])('in %s', async (_form, text, field, key) => {
    const { mistakes } = await yaml('f', text);
    expect(mistakes.map(({ line, column }) => [line, column])).toEqual([field, key]);
    expect(mistakes.map(({ message }) => message)).toEqual([
      expect.stringContaining('Did you mean strict?'),
      expect.stringContaining('Policies have no "rols"'),
    ]);
  });

  test('also one without a value, which would remove its entry', async () => {
    const { mistakes, statements } = await yaml('f.yaml', 'duties:\n  four-eyes:\nsections:\n  hr:\n');
    expect(mistakes).toMatchObject([
      { line: 2, column: 3, message: expect.stringContaining('has no value') as unknown },
    ]);
    expect(statements.map(({ change: { id } }) => id)).toContain('hr');
  });
});

test('a table is refused with the line of a condition that is too large', async () => {
  const row = (id: string, store: string): string =>
    `${id},Allow,all,View,system,"{""data.store"":""${store}""}"\n`;
  const text = `id,effect,users,privilege,on,for\n${row('small', 'north')}${row('large', 'x'.repeat(200_001))}`;
  const { mistakes } = await parseCsv('rules.csv', text, new Turns());
  expect(mistakes).toEqual([
    {
      file: 'rules.csv',
      line: 3,
      column: 1,
      message: expect.stringContaining('at most 200000 are allowed') as string,
    },
  ]);
});
