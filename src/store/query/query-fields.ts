/**
 * The fields that a caller may filter and sort by, with the stored path of each. The list is closed, so no filter can
 * read hidden data.
 */
export interface QueryFields {
  readonly row: Readonly<Record<string, string>>;
  /** A root below which every path is admitted. */
  readonly open?: string;
  /** The name of the list, and the fields of its elements. */
  readonly list: string;
  readonly item: Readonly<Record<string, string>>;
}

const named = (
  names: string,
  renamed: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> =>
  Object.freeze({ ...Object.fromEntries(names.split(' ').map((name) => [name, name])), ...renamed });

export const INSTANCE_FIELDS: QueryFields = Object.freeze({
  row: named('id name status version startedAt endedAt saved parentItemId tenantId', {
    startedBy: 'guard.startedBy',
  }),
  open: 'data',
  list: 'items',
  item: named(
    'id elementId name type status seq itemKey assignee candidateUsers candidateGroups' +
      ' dueDate followUpDate priority messageId signalId',
    {
      completedBy: 'guard.completedBy',
    },
  ),
});

export const MODEL_FIELDS: QueryFields = Object.freeze({
  row: named('name owner saved'),
  list: 'events',
  item: named(
    'elementId type subType name processId signalId messageId candidateUsers candidateGroups lane timeDue expression',
  ),
});
