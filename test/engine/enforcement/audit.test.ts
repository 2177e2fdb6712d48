import { AccessDenied, BadInput, CouldNotTell } from '../../../src/core/errors.js';
import { SecureUser } from '../../../src/core/principal.js';
import type { Incidents } from '../../../src/engine/contract/incidents.js';
import { Audit } from '../../../src/engine/enforcement/audit.js';
import type { AuditEntry, AuditStore } from '../../../src/store/port.js';

const ann = new SecureUser({ userName: 'ann', tenantId: 'acme' });
const TASK = { kind: 'task', id: 't' };

interface Parts {
  readonly bypass?: boolean;
  readonly onBehalf?: { readonly actor: string; readonly userName: string };
  readonly failing?: Error;
}

/** An audit trail, what it has written, and what it has told its sink and the log. */
function made({ bypass = false, onBehalf, failing }: Parts = {}) {
  const [written, sunk, incidents]: [Omit<AuditEntry, 'time'>[], AuditEntry[], unknown[][]] = [[], [], []];
  const store = {
    append: async (entries: readonly AuditEntry[]) => {
      if (failing !== undefined) throw failing;
      written.push(
        ...entries.map(({ time, ...entry }) => {
          expect(time).toBeInstanceOf(Date);
          return entry;
        }),
      );
    },
  } as unknown as AuditStore;
  const record = (...of: unknown[]): unknown => incidents.push(of);
  const contexts = { onBehalf } as ConstructorParameters<typeof Audit>[4];
  const sink = (entry: AuditEntry): void => void sunk.push(entry);
  const audit = new Audit(store, sink, { record } as unknown as Incidents, bypass, contexts);
  return { audit, written, sunk, incidents };
}

test('what was allowed is written with who, what and why', async () => {
  const { audit, written, sunk } = made();
  await audit.allowed(ann, 'task:take', TASK, 'by words', { overrides: ['duty'] });
  const entry = {
    userName: 'ann',
    tenantId: 'acme',
    operation: 'task:take',
    resource: TASK,
    answer: 'allowed',
    reason: 'by words',
    overrides: ['duty'],
  };
  expect(written).toStrictEqual([entry]);
  await audit.flushed();
  expect(sunk).toEqual([expect.objectContaining(entry)]);
});

test.each<[unknown, Pick<AuditEntry, 'answer' | 'reason'>]>([
  [new AccessDenied('forbidden', 'x'), { answer: 'refused', reason: 'forbidden' }],
  [new BadInput('bad-query', 'x'), { answer: 'refused', reason: 'bad-query' }],
  [new CouldNotTell('store-unavailable', 'x'), { answer: 'failed', reason: 'store-unavailable' }],
  [new Error('x'), { answer: 'failed', reason: 'failed' }],
])('%p is written as what it is', async (error, expected) => {
  const { audit, written } = made();
  await audit.refused(ann, 'task:take', TASK, error);
  await audit.refused(undefined, 'task:take', TASK, error);
  expect(written).toEqual([
    { userName: 'ann', tenantId: 'acme', operation: 'task:take', resource: TASK, ...expected },
    { userName: null, tenantId: undefined, operation: 'task:take', resource: TASK, ...expected },
  ]);
});

describe('who acts on behalf of another', () => {
  const onBehalf = { actor: 'key:desk', userName: 'ann' };

  test.each<[string, string | undefined, object]>([
    ['that user', 'ann', { userName: 'key:desk', onBehalfOf: 'ann' }],
    ['nobody', undefined, { userName: 'key:desk', onBehalfOf: 'ann' }],
    ['another user', 'bob', { userName: 'bob' }],
  ])('is named in entries of %s', async (_what, userName, expected) => {
    const { audit, written } = made({ onBehalf });
    await audit.refusedAtDoor(userName ?? undefined, TASK, new Error('x'));
    expect(written).toEqual([
      { ...expected, operation: 'authenticate', resource: TASK, answer: 'failed', reason: 'failed' },
    ]);
  });
});

test('entries of a guard that lets everybody through say so', async () => {
  const { audit, written } = made({ bypass: true });
  await audit.session('login', 'ann', { address: '::1' });
  expect(written).toStrictEqual([
    {
      userName: 'ann',
      address: '::1',
      operation: 'login',
      resource: { kind: 'system', name: 'session' },
      answer: 'allowed',
      reason: 'login',
      bypass: true,
    },
  ]);
});

test('an answer stands though it cannot be written; the log and the sink have the entry', async () => {
  const failing = new Error('disk');
  const { audit, sunk, incidents } = made({ failing });
  await audit.session('logout', 'ann', {});
  await audit.flushed();
  expect(incidents).toEqual([
    [
      'audit',
      'the audit trail could not be written',
      failing,
      { entries: [expect.objectContaining({ userName: 'ann' })] },
    ],
  ]);
  expect(sunk).toHaveLength(1);
});

test('nothing is written where there is nothing to write', async () => {
  const { audit, written, incidents } = made({ failing: new Error('asked') });
  await audit.record([]);
  await audit.failures({ failures: [], causer: ann } as never);
  expect([written, incidents]).toEqual([[], []]);
});

describe('a caller who could not be authenticated', () => {
  const denied = new AccessDenied('unauthenticated', 'x');

  test('is written under the operation that was tried, from where it came', async () => {
    const { audit, written } = made();
    await audit.refusedAtDoor('ann', { kind: 'system', name: 'key' }, denied, {
      operation: 'login',
      address: '::1',
    });
    expect(written).toEqual([
      {
        userName: 'ann',
        address: '::1',
        operation: 'login',
        resource: { kind: 'system', name: 'key' },
        answer: 'refused',
        reason: 'unauthenticated',
      },
    ]);
  });

  test('and has shown nothing known, is written 60 times a minute, the rest as a number', async () => {
    const { audit, written } = made();
    const tries = (shown?: string) =>
      Promise.all(
        Array.from({ length: 62 }, () => audit.refusedAtDoor(shown, { kind: 'system', name: 'key' }, denied)),
      );
    await tries();
    expect(written).toHaveLength(60);
    await tries('ann');
    expect(written).toHaveLength(122);
    await audit.flush();
    expect(written[122]).toStrictEqual({
      userName: null,
      operation: 'authenticate',
      resource: { kind: 'system', name: 'key' },
      answer: 'refused',
      reason: 'unauthenticated',
      count: 2,
    });
  });

  test('for another cause is counted apart', async () => {
    const { audit, written } = made();
    for (let i = 0; i < 61; i++) await audit.refusedAtDoor(undefined, { kind: 'system' }, new Error('x'));
    await audit.flush();
    expect(written.at(-1)).toMatchObject({
      resource: { kind: 'system', name: '' },
      answer: 'failed',
      reason: 'failed',
      count: 1,
    });
  });
});

test('failures inside a model are written with the task, or the instance', async () => {
  const { audit, written } = made();
  await audit.failures({
    causer: ann,
    tenantId: 'acme',
    failures: [
      { what: 'script', instanceId: 'i', itemId: 't' },
      { what: 'service', instanceId: 'i' },
    ],
  } as never);
  const common = { userName: 'ann', tenantId: 'acme', operation: 'system:expression', answer: 'failed' };
  expect(written).toEqual([
    { ...common, resource: { kind: 'task', id: 't', instanceId: 'i' }, reason: 'script' },
    { ...common, resource: { kind: 'instance', id: 'i', instanceId: 'i' }, reason: 'service' },
  ]);
});
