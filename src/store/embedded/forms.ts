import { ObjectId } from 'bson';
import { decodeExactly, encode } from '../bson/codec.js';
import { hexOf, isObjectId } from '../bson/object-id.js';
import type { Fields } from '../contents/contents.js';
import type { Part } from '../contents/parts.js';
import type { Space } from './bytes.js';
import { modelKey } from './models.js';
import { partAt, versionAt } from './policies.js';
import { timePlace } from './time-place.js';
import { prefixOf } from './values.js';

/** The parts whose documents are each one value. */
export type Simple = Exclude<Part, 'instances'>;

/** How the documents of a part are stored under keys. */
export interface Form {
  readonly space: Space;
  /** Missing: all keys of the space are of this part. */
  readonly holds?: (key: string) => boolean;
  readonly keyOf: (document: Fields) => string;
  /** The fields that follow from the key, which are not stored. */
  readonly implied: (key: string, stored: Fields) => Fields;
}

const text = (document: Fields, field: string): string => document[field] as string;
const tenant = ({ tenantId }: Fields): string | null => (tenantId ?? null) as string | null;
/** Names form an `_id` as in a database. */
const joined = (...names: readonly unknown[]): { readonly _id: string } => ({ _id: JSON.stringify(names) });
const nothing = (): Fields => ({});

const PARTS_BEGIN = 'part/';

function versions(what: 'v' | 's'): Form {
  const ending = new RegExp(`/${what}/\\d+$`);
  return {
    space: 'policy',
    holds: (key) => !key.startsWith(PARTS_BEGIN) && ending.test(key),
    keyOf: (document) => versionAt(tenant(document), what, Number(document.version)),
    implied: (_key, { tenantId, version }) => joined(tenantId, Number(version)),
  };
}

/** Namespace and key of a value. */
function namesOf(key: string): [namespace: string, key: string] {
  const quoted = (/^"(?:[^"\\]|\\.)*"/.exec(key) as RegExpExecArray)[0];
  return [JSON.parse(quoted) as string, key.slice(quoted.length + 1)];
}

export const FORMS: Readonly<Record<Simple, Form>> = {
  archive: {
    space: 'archive',
    keyOf: (document) => text(document, 'id'),
    implied: (_key, { _id, id }) => ({ _id: _id ?? id }),
  },
  models: {
    space: 'model',
    keyOf: (document) => modelKey(text(document, 'name'), document.owner as string | null | undefined),
    implied: nothing,
  },
  users: {
    space: 'user',
    keyOf: (document) => text(document, 'userName'),
    implied: (key) => ({ _id: key }),
  },
  values: {
    space: 'value',
    keyOf: (document) => prefixOf(text(document, 'namespace')) + text(document, 'key'),
    implied: (at) => {
      const [namespace, key] = namesOf(at);
      return { ...joined(namespace, key), namespace, key };
    },
  },
  audit: {
    space: 'audit',
    keyOf: ({ time, _id }) => timePlace(time as Date) + hexOf(_id),
    implied: (key) => ({ _id: new ObjectId(key.slice(-24)) }),
  },
  policies: versions('v'),
  policySnapshots: versions('s'),
  policyParts: {
    space: 'policy',
    holds: (key) => key.startsWith(PARTS_BEGIN),
    keyOf: (document) => {
      const [id, index] = JSON.parse(text(document, '_id')) as [string, number];
      return partAt(id, index);
    },
    implied: (key) => {
      const [, id, index] = /^part\/(.*)\/(\d+)$/s.exec(key) as RegExpExecArray;
      return joined(id, Number(index));
    },
  },
};

type Test = (value: unknown) => boolean;

const isText: Test = (value) => typeof value === 'string';
const isTextOrNone: Test = (value) => value === null || value === undefined || isText(value);
const isCount: Test = (value) => Number.isSafeInteger(Number(value)) && Number(value) >= 0;
const isDate: Test = (value) => value instanceof Date && !Number.isNaN(value.getTime());
const isPartId: Test = (value) => isText(value) && /^\["(?:[^"\\]|\\.)*",\d+\]$/s.test(value as string);
const VERSION = { tenantId: isTextOrNone, version: isCount };

/** The fields that make the key of a document, and what they must be. */
const NEEDED: Readonly<Record<Part, Readonly<Record<string, Test>>>> = {
  instances: { id: isText, _id: isObjectId },
  archive: { id: isText },
  models: { name: isText, owner: isTextOrNone, _id: isObjectId },
  users: { userName: isText },
  values: { namespace: isText, key: isText },
  audit: { time: isDate, _id: isObjectId },
  policies: VERSION,
  policySnapshots: VERSION,
  policyParts: { _id: isPartId },
};

/** The field that keeps a document from being stored in a folder; undefined if there is none. */
export const withoutPlace = (part: Part, document: Fields): string | undefined =>
  Object.entries(NEEDED[part]).find(([field, is]) => !is(document[field]))?.[0];

/** A stored value as a document. */
export function documentOf(part: Simple, key: string, bytes: Uint8Array): Fields {
  const stored = decodeExactly<Fields>(bytes);
  return { ...stored, ...FORMS[part].implied(key, stored) };
}

/** A document as a stored value. */
export function storedOf(
  part: Simple,
  document: Fields,
): { readonly key: string; readonly bytes: Uint8Array } {
  const key = FORMS[part].keyOf(document);
  const implied = part === 'archive' ? [] : Object.keys(FORMS[part].implied(key, document));
  const kept = Object.entries(document).filter(([name]) => !implied.includes(name));
  return { key, bytes: encode(Object.fromEntries(kept)) };
}
