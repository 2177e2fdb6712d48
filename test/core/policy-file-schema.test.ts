import { Ajv } from 'ajv';
import { policyFileSchema, readPolicyDocument } from '../../src/core/policy-set/files.js';
import { atOnce } from '../../src/core/in-steps.js';

type Json = unknown;

/** One of each entry, in each form that a file may give it. */
const GOOD: Readonly<Record<string, Json>> = {
  tenant: 'acme',
  securityRoles: {
    clerk: { says: 'works', rights: ['Todo:Process'], holders: [{ user: 'ann' }, { group: 'hr' }] },
    none: { rights: [] },
  },
  duties: {
    initiator: { duty: 'not-initiator', model: 'M', tasks: ['A', { model: 'N', task: 'C' }], strict: true },
    whole: { duty: 'not-initiator', model: 'M' },
    apart: {
      duty: 'not-who-did',
      model: 'M',
      task: 'A',
      did: 'B',
      when: { 'data.big': true },
      says: 'four eyes',
    },
    same: { duty: 'must-be-who-did', model: 'M', task: 'A', did: { model: 'N', task: 'C' } },
    votes: { duty: 'distinct', model: 'M', tasks: ['A'], eachItem: true },
  },
  grid: {
    labels: { Owner: { multiple: 2, says: 'of the case' } },
    rules: {
      sentence: 'Allow all to View on process "M"',
      work: {
        effect: 'Allow',
        users: { group: 'hr' },
        privilege: 'Perform',
        on: { process: 'M', task: 'A' },
        for: { 'data.x': 1 },
        as: 'Owner',
        handOn: true,
        says: 'work',
      },
      others: {
        effect: 'Restrict',
        users: { where: { 'user.region': 'n' } },
        privilege: 'View',
        on: { process: 'M' },
      },
      role: { effect: 'Allow', users: { role: 'Owner' }, privilege: 'View', on: 'system' },
      start: { effect: 'Allow', users: 'all', privilege: 'Perform', on: { process: 'M', event: 's' } },
    },
  },
  sections: {
    hr: {
      name: 'Human resources',
      permissions: [{ group: 'hr', permissions: ['read'] }],
      models: [
        'Hire',
        { model: 'Pay', inherit: false, permissions: [{ user: 'boss', permissions: ['read'] }] },
      ],
    },
    pay: { parent: 'hr', inherit: false },
  },
  cases: {
    operations: { CANCEL_CASE: ['owner'] },
    fields: { 'data.salary': { roles: ['owner'], models: ['M'], says: 'private' } },
  },
};

const isObject = (value: Json): value is Record<string, Json> => typeof value === 'object' && value !== null;
type Path = readonly (string | number)[];

/** Conditions and sentences are languages of their own, which a schema does not know. */
const IS_LANGUAGE = /(?:^|\.)(?:when|for|where|sentence)(?:\.|$)/;

function* pathsIn(value: Json, path: Path = []): IterableIterator<Path> {
  if (path.length > 0) yield path;
  if (!isObject(value)) return;
  for (const key of Object.keys(value))
    yield* pathsIn(value[key], [...path, Array.isArray(value) ? Number(key) : key]);
}

/** The document with one part changed. */
function changed(path: Path, change: (holder: Record<string, Json>, key: string) => void): Json {
  const copy = structuredClone(GOOD) as Record<string, Json>;
  let holder: Record<string, Json> = copy;
  for (const part of path.slice(0, -1)) holder = holder[part] as Record<string, Json>;
  change(holder, String(path.at(-1)));
  return copy;
}

const OTHERS: readonly Json[] = [
  null,
  5,
  -1,
  1.5,
  true,
  '',
  ' ',
  '*',
  [],
  {},
  [''],
  [null],
  { x: 1 },
  'a\\b',
];

function* mutants(): IterableIterator<[says: string, content: Json]> {
  for (const path of pathsIn(GOOD)) {
    const at = path.join('.');
    if (IS_LANGUAGE.test(at)) continue;
    yield [
      `without ${at}`,
      changed(path, (holder, key) => {
        if (Array.isArray(holder)) holder.splice(Number(key), 1);
        else Reflect.deleteProperty(holder, key);
      }),
    ];
    for (const other of OTHERS)
      yield [`${at} is ${JSON.stringify(other)}`, changed(path, (holder, key) => (holder[key] = other))];
    yield [
      `${at} has one more field`,
      changed(path, (holder, key) => {
        if (isObject(holder[key]) && !Array.isArray(holder[key]))
          (holder[key] as Record<string, Json>).xtra = 'x';
      }),
    ];
    for (const name of ['__proto__', 'constructor', ' ', '*'])
      yield [
        `${at} is named ${name}`,
        changed(path, (holder, key) => {
          if (Array.isArray(holder)) return;
          const value = holder[key];
          Reflect.deleteProperty(holder, key);
          Object.defineProperty(holder, name, {
            value,
            enumerable: true,
            configurable: true,
            writable: true,
          });
        }),
      ];
  }
}

const check = new Ajv({ strict: false }).compile(policyFileSchema());

test('the schema admits a file with each entry in each form', () => {
  expect(atOnce(readPolicyDocument(GOOD)).mistakes).toEqual([]);
  expect([check(GOOD), check.errors]).toEqual([true, null]);
});

test('the schema refuses a changed file exactly if the reader does', () => {
  const different: string[] = [];
  const outcomes = { admitted: 0, refused: 0 };
  for (const [says, content] of mutants()) {
    const { mistakes } = atOnce(readPolicyDocument(content));
    const admits = check(content);
    if (admits) outcomes.admitted++;
    else outcomes.refused++;
    if (admits !== (mistakes.length === 0))
      different.push(
        `${says}: ${mistakes.map(({ message }) => message).join() || JSON.stringify(check.errors?.[0])}`,
      );
  }
  expect(different).toEqual([]);
  expect(outcomes.admitted).toBeGreaterThan(100);
  expect(outcomes.refused).toBeGreaterThan(1000);
});
