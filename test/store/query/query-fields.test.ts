import { INSTANCE_FIELDS, MODEL_FIELDS } from '../../../src/store/query/query-fields.js';

test('of instances these fields may be asked for, under these stored names', () => {
  expect(INSTANCE_FIELDS).toEqual({
    row: {
      id: 'id',
      name: 'name',
      status: 'status',
      version: 'version',
      startedAt: 'startedAt',
      endedAt: 'endedAt',
      saved: 'saved',
      parentItemId: 'parentItemId',
      tenantId: 'tenantId',
      startedBy: 'guard.startedBy',
    },
    open: 'data',
    list: 'items',
    item: {
      ...Object.fromEntries(
        [
          ...['id', 'elementId', 'name', 'type', 'status', 'seq', 'itemKey', 'assignee', 'candidateUsers'],
          ...['candidateGroups', 'dueDate', 'followUpDate', 'priority', 'messageId', 'signalId'],
        ].map((name) => [name, name]),
      ),
      completedBy: 'guard.completedBy',
    },
  });
});

test('models have these fields', () => {
  expect(MODEL_FIELDS.row).toEqual({ name: 'name', owner: 'owner', saved: 'saved' });
  expect(MODEL_FIELDS.list).toBe('events');
  expect(MODEL_FIELDS.open).toBeUndefined();
  expect(Object.entries(MODEL_FIELDS.item)).toEqual(
    [
      ...['elementId', 'type', 'subType', 'name', 'processId', 'signalId', 'messageId', 'candidateUsers'],
      ...['candidateGroups', 'lane', 'timeDue', 'expression'],
    ].map((name) => [name, name]),
  );
});

test('nobody can add a field', () => {
  for (const { row, item } of [INSTANCE_FIELDS, MODEL_FIELDS])
    expect([row, item].every((names) => Object.isFrozen(names))).toBe(true);
  expect([INSTANCE_FIELDS, MODEL_FIELDS].every((fields) => Object.isFrozen(fields))).toBe(true);
});
