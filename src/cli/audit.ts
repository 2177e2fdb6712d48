import type { AuditEntry } from '../store/port.js';
import { dayOf } from './day.js';
import { UsageError } from './io.js';
import type { Run } from './maintenance.js';
import { nameIn, readArguments } from './options.js';
import { withStore } from './store.js';
import { minute, table } from './table.js';

const ANSWERS: readonly string[] = ['allowed', 'refused', 'failed'] satisfies AuditEntry['answer'][];
const LIMIT = { default: 50, most: 10_000 };

function limitOf(text: string | undefined): number {
  if (text === undefined) return LIMIT.default;
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > LIMIT.most)
    throw new UsageError(`--limit must be a number from 1 to ${LIMIT.most}`);
  return limit;
}

function answerOf(text: string | undefined): AuditEntry['answer'] | undefined {
  if (text !== undefined && !ANSWERS.includes(text))
    throw new UsageError(`--answer must be one of ${ANSWERS.join(', ')}`);
  return text as AuditEntry['answer'] | undefined;
}

const rowOf = ({
  time,
  userName,
  onBehalfOf,
  operation,
  resource,
  answer,
  reason,
  count = 1,
}: AuditEntry) => [
  minute(time),
  onBehalfOf === undefined ? (userName ?? '') : `${userName ?? ''} for ${onBehalfOf}`,
  operation,
  [resource.kind, resource.name ?? resource.id ?? resource.instanceId ?? ''].join(' ').trim(),
  answer,
  count === 1 ? reason : `${reason} (${count})`,
];

/** Lists entries of the audit trail, the newest first. */
export const listAudit: Run = (args, io) => {
  const { values } = readArguments(args, [], {
    since: { type: 'string' },
    until: { type: 'string' },
    user: { type: 'string' },
    answer: { type: 'string' },
    tenant: { type: 'string' },
    limit: { type: 'string' },
    json: { type: 'boolean' },
  });
  const { since, until } = values;
  const [user, tenant] = [nameIn(values.user, '--user'), nameIn(values.tenant, '--tenant')];
  const answer = answerOf(values.answer);
  const filter = {
    ...(since !== undefined && { since: dayOf(since, '--since') }),
    ...(until !== undefined && { until: dayOf(until, '--until') }),
    ...(user !== undefined && { userName: user }),
    ...(answer !== undefined && { answer }),
    ...(tenant !== undefined && { tenantId: tenant }),
    limit: limitOf(values.limit),
  };
  return withStore(values, io, async (store) => {
    const found = await store.audit.find(filter);
    if (values.json === true) for (const entry of found) io.out(JSON.stringify(entry));
    else
      for (const line of table(
        ['time', 'user', 'operation', 'resource', 'answer', 'reason'],
        found.map(rowOf),
      ))
        io.out(line);
    return 0;
  });
};
