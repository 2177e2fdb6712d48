// Writes docs/reference.md, the table of dialects in docs/models.md and the JSON schema of policy files: what the code
// itself holds. `--check` writes
// nothing and fails when a page is old.
import { readFile, writeFile } from 'node:fs/promises';
import { ERROR_CODES, OPERATIONS, OPTIONS, RIGHTS, TRANSITIONS, VARIABLES } from 'bpmn-guard';
import { SAME_ATTRIBUTES, ZEEBE } from '../dist/esm/engine/model/dialects/uris.js';
import { policyFileSchema } from '../dist/esm/core/policy-set/files.js';
import { rightUse } from '../dist/esm/core/policies/security-rights.js';
import { COLLECTION_NAMES } from '../dist/esm/store/mongo/collections.js';
import { keyOf } from '../dist/esm/store/mongo/index-list.js';
import { SHAPES } from '../dist/esm/store/mongo/shapes.js';
import * as understood from '../dist/esm/engine/model/dialects/understood.js';

const PAGE = new URL('../docs/reference.md', import.meta.url);
const OWNERS = {
  take: 'may read it as a candidate, or it is open; a closed task: whom another policy names for it',
  release: 'the assignee',
  assign: 'the assignee, a candidate, or anybody while it is open; a closed task: administrators',
  delegate: 'the assignee',
  resolve: 'the delegate (gives it back), the owner (recalls it)',
  reject: 'a candidate, or anybody while it is open',
  undoReject: 'who has rejected it',
  escalate: 'the assignee, who lent it, the starter of the instance',
  suspend: 'administrators; the assignee where the model says `suspendable`',
  resume: 'as for suspend',
  complete: 'the assignee; administrators from every waiting state',
};

const cell = (text) => String(text).replaceAll('|', '\\|');
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
const code = (text) => `\`${text}\``;
const list = (names) => (names.length === 0 ? '' : names.join(', '));

const operations = Object.entries(OPERATIONS).map(([id, o]) => [
  code(id),
  o.meaning,
  list(o.grid),
  list(o.rights),
  list(o.sections),
  list(o.cases),
]);
const errors = Object.entries(ERROR_CODES).map(([id, { status, meaning }]) => [code(id), status, meaning]);
/** Rights that the package checks other than through an operation. */
const ASKED_BY = {
  'SecurityRole:Read': 'reading `api.policies.securityRoles`',
  'SecurityRole:Manage':
    'changing `api.policies.securityRoles` and, with `system:policy`, all other policies',
  'Person:Read': '`userAdmin(…).list`',
  'Person:Manage': '`userAdmin(…)`: all except `changeOwnPassword`',
  'Person:Change_Own_Password': '`userAdmin(…).changeOwnPassword`',
};
/** What rights open apart from operations. */
const OPENED_BY = {
  'SecurityRole:Read': 'reading `api.policies.securityRoles`',
  'SecurityRole:Manage': '`api.policies.securityRoles`',
  'Person:Read': '`userAdmin(…).list`',
  'Person:Manage': '`userAdmin(…)`, except `changeOwnPassword`',
};
const operationsWhere = (test) =>
  list(
    Object.keys(OPERATIONS)
      .filter((id) => test(rightUse(id)))
      .map(code),
  );
const rights = Object.entries(RIGHTS).map(([id, { group, meaning, internal }]) => [
  code(id),
  group,
  meaning + (internal ? ' (internal)' : ''),
  list([operationsWhere(({ needs }) => needs.includes(id)), ASKED_BY[id] ?? ''].filter(Boolean)) ||
    'your own routes',
  list([operationsWhere(({ opens }) => opens.includes(id)), OPENED_BY[id] ?? ''].filter(Boolean)),
]);
const states = Object.entries(TRANSITIONS).map(([id, from]) => [id, from.join(', '), OWNERS[id]]);
const options = Object.entries(OPTIONS).flatMap(([of, table]) =>
  Object.entries(table).map(([name, { takes, needed }]) => [of, code(name), takes, needed ? 'yes' : '']),
);
const keyText = (key) =>
  list(Object.entries(key).map(([field, way]) => `${code(field)}${way === 1 ? '' : ' descending'}`));
/** Copies ask the same of each collection. */
const COPIES = new Set(
  SHAPES.filter(({ on, unlimited }) => on === 'archive' && unlimited).map(({ says }) => says),
);
const sortText = (order) =>
  typeof order === 'object' ? keyText(order) : order === 'own' ? 'the caller' : '';
const queries = SHAPES.filter(({ says }) => !COPIES.has(says)).map(
  ({ on, does, says, by = [], range, where = {}, order, index, reads }) => [
    says,
    code(COLLECTION_NAMES[on]),
    list(does),
    list([...by, ...(range === undefined ? [] : [range]), ...Object.keys(where)].map(code)),
    sortText(order),
    keyText(keyOf(index)),
    reads,
  ],
);
const variables = Object.entries(VARIABLES).map(([name, meaning]) => [code(name), meaning]);

const page = `# Reference

Made from the code by \`npm run docs\`; a test fails when it is old.

## Operations

Every call asks for one of these. The columns to the right name what stands for the operation in other policies.

${table(['operation', 'what it covers', 'grid privilege', 'right', 'section permission', 'case operation'], operations)}

## Task life cycle

${table(['command', 'from the states', 'who, by the task rules'], states)}

The states: *open* (the model restricts it to nobody), *unclaimed* (candidates, no assignee), *rejected* (by all its
candidates), *assigned*, *delegated* (lent, with an owner), *closed* (nobody but an administrator may do it),
*suspended* (the task or its instance), *starting* (its assignment is not evaluated yet), *done*. Another state answers
\`wrong-state\`, another person \`forbidden\`, a task that may not be read \`not-found\`.

## Rights

Given by [security roles](security-roles.md). Once a tenant has a security role, the operations in the fourth column need
one of the rights that name them; a right opens the operations in the last column on what its holder may read. Those for
your own routes are asked by \`requireRight\`, as all of them can be; see
[authentication](authentication.md#privileges-and-rights-of-your-own-routes).

${table(['right', 'group', 'lets its holder', 'needed for', 'opens'], rights)}

## Errors

Each error is a \`GuardError\` with a stable \`code\` and the HTTP \`status\` that it answers with.

${table(['code', 'status', 'meaning'], errors)}

## Options

Each function refuses options that it does not know, with the nearest name that it knows, and values of another type.
What they do is said in their doc comments, with the defaults.

${table(['options of', 'name', 'takes', 'needed'], options)}

## Queries of MongoDB

Each query that the package sends has a row here, with the index that serves it; a test watches the driver while all
other tests run. What is read: *one* document per value; a *few*; a *page*, because the index has the order and
reading stops when the answer is full; all that is *matching*; or *all* of the collection. Conditions in
addition to those named here are tested on what is read. Each query has a time limit at the server: four
fifths of \`timeout\`.

Backups, restores and moves read each collection in the order of \`_id\`, without a time limit.

${table(['what asks', 'collection', 'does', 'compares', 'in the order of', 'index', 'reads'], queries)}

## Environment

Read by the package, once, when a guard is created, or where the table says when:

${table(['variable', 'meaning'], variables)}
`;

const codes = (names) => names.map(code).join(', ');
const {
  PEOPLE,
  SCHEDULE,
  START_EVENT_ATTRIBUTES,
  PROCESS_ATTRIBUTES,
  INITIATOR,
  POTENTIAL_STARTER,
  ZEEBE_ELEMENTS,
  ROLES,
  INPUTS,
} = understood;
const SPOKEN = { assignee: 'assignee', candidateUsers: 'candidate user', candidateGroups: 'candidate group' };
const named = (map) => [...map].map(([name, property]) => `${code(name)} (${SPOKEN[property]})`).join(', ');
const attributes =
  `attributes ${codes([...PEOPLE, ...SCHEDULE])} of a user task; ` +
  `${codes([INITIATOR, ...START_EVENT_ATTRIBUTES])} of a start event; ` +
  `${codes(PROCESS_ATTRIBUTES)} of a process, and its extension element ${code(POTENTIAL_STARTER)}`;
const dialects = table(
  ['dialect', 'namespace', 'what is understood'],
  [
    ...Object.entries(SAME_ATTRIBUTES).map(([uri, name], at) => [
      name,
      code(uri),
      at === 0 ? attributes : 'the same',
    ]),
    ['Zeebe', code(ZEEBE), `${codes([...ZEEBE_ELEMENTS.keys()])}; plain texts only`],
    [
      'BPMN',
      '',
      `${named(ROLES)}, with a formal expression or a resource. A resource is a role: its name is a group`,
    ],
    ['jBPM', 'inputs of the task', named(INPUTS)],
  ],
);

const MODELS = new URL('../docs/models.md', import.meta.url);
const [BEGIN, END] = ['<!-- dialects: made by npm run docs -->\n', '\n<!-- /dialects -->'];
const models = await readFile(MODELS, 'utf8');
const [before, rest] = models.split(BEGIN);
const pages = [
  [PAGE, page],
  [
    new URL('../schema/policy-file.json', import.meta.url),
    `${JSON.stringify(policyFileSchema(), null, 2)}\n`,
  ],
  [MODELS, `${before}${BEGIN}${dialects}${END}${rest.split(END)[1]}`],
];

for (const [file, text] of pages) {
  if (!process.argv.includes('--check')) await writeFile(file, text);
  else if (text !== (await readFile(file, 'utf8').catch(() => ''))) {
    console.error(`${file.pathname} is old; run npm run docs`);
    process.exitCode = 1;
  }
}
