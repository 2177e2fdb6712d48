import {
  checkAssignment,
  checkHanded,
  checkId,
  checkOptions,
  hostOptions,
} from '../../../src/engine/enforcement/caller-input.js';

const refused = (code: string, message: string): Error => expect.objectContaining({ code, message }) as Error;
const texts = (count: number, text = 'n'): string[] =>
  Array.from({ length: count }, (_, at) => `${text}${at}`);
const fieldsOf = (count: number): object => Object.fromEntries(texts(count, 'zzqx').map((name) => [name, 1]));

/** The message first, for the name of the test. */
const swapped = ([given, message]: readonly unknown[]): [string, unknown] => [message as string, given];

describe('the options of a command', () => {
  test('are those that the command honours, and those of the application', () => {
    expect(checkOptions({ startNodeId: 's', noWait: true, desk: 'a' }, 'startNodeId', 'noWait')).toEqual({
      startNodeId: 's',
      noWait: true,
      own: { desk: 'a' },
    });
    for (const none of [undefined, null, {}, { userName: 'ann' }, { startNodeId: null, desk: undefined }])
      expect(checkOptions(none)).toEqual({ own: {} });
    expect(checkOptions({ noWait: false })).toEqual({ noWait: false, own: {} });
  });

  test('reach the host as they are; one that says no is left out', () => {
    const caseRoles = { owner: { users: ['ann'], groups: [] } };
    expect(hostOptions({ noWait: true, caseRoles, own: { desk: 'a' } })).toEqual({
      noWait: true,
      caseRoles,
      desk: 'a',
    });
    expect(hostOptions({ noWait: false, startNodeId: 's', own: {} })).toEqual({});
  });

  test.each(
    [
      ['noWait', 'Options must be a plain object.'],
      [[], 'Options must be a plain object.'],
      [{ noWait: true }, 'Option noWait does nothing for this command, and is not allowed.'],
      [{ noWait: 'yes' }, 'Option noWait of a command must be true or false.'],
      [{ recover: true }, 'Option "recover" is not allowed.'],
      [{ ['__proto__']: 1 }, 'Option "__proto__" is not allowed.'],
      [{ nowait: true }, 'Option "nowait" is not allowed. Did you mean noWait?'],
      [{ recovr: true }, 'Option "recovr" is not allowed. Did you mean recover?'],
      [fieldsOf(51), "A command may have at most 50 options of the application's own."],
    ].map(swapped),
  )('are refused: %s', (message, given) => {
    expect(() => checkOptions(given)).toThrow(refused('bad-option', message));
  });

  test.each(['parentItemId', 'recover', 'restart', 'debug', 'cron', 'user'])('may not name %s', (name) => {
    expect(() => checkOptions({ [name]: true })).toThrow(
      refused('bad-option', `Option "${name}" is not allowed.`),
    );
  });

  test('have no holders of a case if none are given', () => {
    expect(Object.keys(hostOptions({ own: {} }))).toEqual([]);
  });

  test('may be fifty of the application', () => {
    expect(Object.keys(checkOptions(fieldsOf(50)).own)).toHaveLength(50);
  });
});

test('an id is a text of at most 500 characters', () => {
  expect([checkId('a', 'id'), checkId('a'.repeat(500), 'id')]).toHaveLength(2);
  for (const value of ['', 'a'.repeat(501), 7, null, undefined, ['a']])
    expect(() => checkId(value, 'The id')).toThrow(refused('bad-request', 'The id must be a text.'));
});

describe('whom a task is escalated to', () => {
  test('is a user or a group, or nobody that is named', () => {
    expect([undefined, null].map(checkHanded)).toEqual([undefined, undefined]);
    expect([' ann ', { user: 'ann' }, { group: 'hr' }].map(checkHanded)).toEqual([
      { user: 'ann' },
      { user: 'ann' },
      { group: 'hr' },
    ]);
  });

  test.each(
    [
      [{}, 'A task is escalated to { user } or to { group }.'],
      [{ role: 'x' }, 'A task is escalated to { user } or to { group }.'],
      [{ user: 'ann', group: 'hr' }, 'A task is escalated to { user } or to { group }.'],
      [7, 'A task is escalated to { user } or to { group }.'],
      [{ group: '*' }, 'group must be a name: a text that is neither empty nor *.'],
      ['', 'The user must be a name: a text that is neither empty nor *.'],
      ['a'.repeat(2001), 'The user must be a name of at most 2000 characters.'],
    ].map(swapped),
  )('is refused: %s', (message, given) => {
    expect(() => checkHanded(given)).toThrow(refused('bad-assignment', message));
  });
});

describe('an assignment', () => {
  test('has an assignee, candidates, dates, a priority and plain fields of the application', () => {
    const at = new Date(0);
    expect(
      checkAssignment({
        assignee: ' ann ',
        candidateUsers: 'ann, bob,,ann',
        candidateGroups: ['hr', ' '],
        dueDate: at,
        followUpDate: null,
        priority: '5',
        desk: 'a',
        note: null,
        left: undefined,
      }),
    ).toEqual({
      assignee: 'ann',
      fields: {
        candidateUsers: ['ann', 'bob'],
        candidateGroups: ['hr'],
        dueDate: at,
        followUpDate: null,
        priority: 5,
      },
      extras: { desk: 'a', note: null },
    });
    expect(checkAssignment({ assignee: null, priority: null, candidateUsers: null })).toEqual({
      assignee: null,
      fields: { priority: null, candidateUsers: [] },
      extras: {},
    });
    expect(checkAssignment({})).toEqual({ fields: {}, extras: {} });
  });

  test('has as many names, fields and characters as may be', () => {
    const most = checkAssignment({ candidateUsers: texts(500), ...fieldsOf(49), zzqy: 'x'.repeat(2000) });
    expect([most.fields.candidateUsers, Object.keys(most.extras)]).toMatchObject([
      { length: 500 },
      { length: 50 },
    ]);
  });

  test.each(
    [
      ['ann', 'An assignment must be a plain object.'],
      [{ assignee: '' }, 'assignee must be a name, or null to release the task.'],
      [{ assignee: 7 }, 'assignee must be a name: a text that is neither empty nor *.'],
      [{ candidateUsers: 7 }, 'candidateUsers must be a list of names.'],
      [{ candidateUsers: ['*'] }, 'candidateUsers must be a name: a text that is neither empty nor *.'],
      [{ candidateGroups: texts(501) }, 'candidateGroups may hold at most 500 names.'],
      [{ dueDate: 'soon' }, 'dueDate must be a date, or an ISO 8601 duration.'],
      [{ priority: 'high' }, 'priority must be a number.'],
      [{ status: 'end' }, '"status" cannot be assigned.'],
      [{ 'a.b': 1 }, '"a.b" cannot be assigned.'],
      [{ asignee: 'ann' }, '"asignee" cannot be assigned. Did you mean assignee?'],
      [{ desk: 'x'.repeat(2001) }, '"desk" must be a text of at most 2000 characters.'],
      [fieldsOf(51), 'An assignment may set at most 50 fields of your own.'],
    ].map(swapped),
  )('is refused: %s', (message, given) => {
    expect(() => checkAssignment(given)).toThrow(refused('bad-assignment', message));
  });

  test.each([[{}], [[]], [() => 1]])('has no field that is data: %p', (desk) => {
    expect(() => checkAssignment({ desk })).toThrow(
      /^"desk" must be a text, a number, true, false or a date\./,
    );
  });
});

test.each(
  (
    'id status name type timeDue data instanceId instanceVersion state guard element node context options' +
    ' timerCount suspended suspendable suspension escalation escalateTo constructor prototype'
  ).split(' '),
)('an assignment does not set %s, which a task or its view has', (name) => {
  expect(() => checkAssignment({ [name]: 'x' })).toThrow(
    refused('bad-assignment', `"${name}" cannot be assigned.`),
  );
});

test('a field of the application is a text, a number, true, false or a date, of at most 2000 characters', () => {
  const extras = { a: 'x'.repeat(2000), b: 7, c: false, d: new Date(0), e: null };
  expect(checkAssignment(extras).extras).toEqual(extras);
  expect(() => checkAssignment({ a: 'x'.repeat(2001) })).toThrow(
    refused('bad-assignment', '"a" must be a text of at most 2000 characters.'),
  );
  for (const value of [[], {}, () => 1])
    expect(() => checkAssignment({ a: value })).toThrow(
      refused(
        'bad-assignment',
        '"a" must be a text, a number, true, false or a date. Lists and objects are data, the second argument of' +
          ' assign(query, data, assignment, user).',
      ),
    );
});
