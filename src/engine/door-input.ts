import { BadInput } from '../core/errors.js';
import {
  assertOptions,
  checkedLater,
  either,
  needed,
  oneOf,
  TEXT,
  type Kind,
  type OptionsOf,
} from '../core/options.js';
import type { AuditEntry } from '../store/port.js';
import type { CallerFacts, Identity } from './contract/identity-types.js';
import type { Change } from './enforcement/audit.js';

const bad = (message: string): BadInput => new BadInput('bad-request', message);

/** A value of a request; one of a closed connection has no address. */
const ANY_TEXT: Kind = { takes: 'a text', holds: (value) => typeof value === 'string' };
const NOTHING: Kind = { takes: 'null', holds: (value) => value === null };

const SESSION = { address: ANY_TEXT, tenantId: either(TEXT, NOTHING) } satisfies OptionsOf<
  NonNullable<Parameters<Identity['session']>[2]>
>;
const CALLER = { ...SESSION, onBehalfOf: ANY_TEXT } satisfies OptionsOf<CallerFacts>;
const LOGIN = { userName: ANY_TEXT, address: ANY_TEXT } satisfies OptionsOf<
  NonNullable<Parameters<Identity['refusedLogin']>[1]>
>;
const EVENT = { event: needed(oneOf('login', 'logout')), userName: needed(TEXT) };
const TARGET = {
  kind: needed(TEXT),
  id: ANY_TEXT,
  instanceId: ANY_TEXT,
  name: ANY_TEXT,
  code: checkedLater('a list of texts'),
} satisfies OptionsOf<AuditEntry['resource']>;
const CHANGE = {
  before: checkedLater('an object'),
  after: checkedLater('an object'),
  tenantId: checkedLater('a name'),
} satisfies OptionsOf<Omit<Change, 'overrides'>>;

/** @throws BadInput `bad-request` */
export function checkSession(event: unknown, userName: unknown, from: unknown): void {
  assertOptions('identity.session', { event, userName }, EVENT, bad);
  assertOptions('identity.session', from ?? {}, SESSION, bad);
}

/** @throws BadInput `bad-request` */
export const checkRefusedLogin = (from: unknown): void =>
  assertOptions('identity.refusedLogin', from ?? {}, LOGIN, bad);

/** @throws BadInput `bad-request` */
export function checkRefused(target: unknown, from: unknown): void {
  assertOptions('identity.refused', target, TARGET, bad);
  assertOptions('identity.refused', from ?? {}, CALLER, bad);
}

/** @throws BadInput `bad-request` */
export function checkCall(what: unknown, target: unknown): void {
  assertOptions('identity.call', { what }, { what: needed(TEXT) }, bad);
  assertOptions('identity.call', target, TARGET, bad);
}

/** @throws BadInput `bad-request` */
export const checkChange = (change: unknown): void =>
  assertOptions('a change of identity.call', change, CHANGE, bad);
