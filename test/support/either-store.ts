import type { Store } from '../../src/store/port.js';

type Call = (...args: unknown[]) => unknown;
type Calls = Readonly<Record<string, unknown>>;

/** The methods of `like`, each call of which goes to whatever is present then. */
const passingOn = (like: object, present: () => object): Calls =>
  Object.fromEntries(
    Object.entries(like)
      .filter(([, member]) => typeof member === 'function')
      .map(([name]) => [
        name,
        (...args: unknown[]) => ((present() as Calls)[name] as Call).apply(present(), args),
      ]),
  );

/**
 * One store by two connections, of which each call takes the one that is right then: one that gives up soon while the
 * store is to be away, and a patient one before and after that, because a busy machine is no outage.
 */
export function eitherStore(patient: Store, present: () => Store): Store {
  const parts = (['instances', 'models', 'users', 'locks', 'audit', 'policies'] as const).map((part) => [
    part,
    passingOn(patient[part], () => present()[part]),
  ]);
  return {
    ...passingOn(patient, present),
    ...(Object.fromEntries(parts) as object),
    kind: patient.kind,
    values: (namespace: string) =>
      passingOn(patient.values(namespace), () => present().values(namespace)) as never,
  } as unknown as Store;
}
