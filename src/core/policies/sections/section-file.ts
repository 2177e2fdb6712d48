import { addTo } from '../../add-to.js';
import type { PolicySet } from '../../policy-set/policy-set.js';
import { show } from '../../value.js';
import {
  entryFields,
  inPlace,
  listIn,
  namedIn,
  policyName,
  type EntryKinds,
  type FileEntry,
  type FilePath,
} from '../entries.js';
import { readHolder } from '../security-role-entries.js';
import { NAME, NAMES } from '../schema-parts.js';
import type { Holder } from '../security-roles.js';
import { PERMISSION_NAMES, ROOT } from './permissions.js';
import { checkSections } from './section-check.js';
import {
  grantId,
  modelId,
  readPlace,
  rootEntries,
  SECTION,
  SECTION_MODEL,
  SECTION_PERMISSION,
  SECTION_READERS,
  type ModelRef,
  type Section,
  type SectionGrant,
  type SectionModel,
  type SectionPlace,
} from './section-entries.js';

const GRANTS = {
  description: 'The permissions of groups and users here; what lies below inherits them.',
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['permissions'],
    oneOf: [{ required: ['group'] }, { required: ['user'] }],
    properties: {
      group: NAME,
      user: NAME,
      permissions: {
        type: 'array',
        minItems: 1,
        maxItems: 100,
        items: { enum: [...PERMISSION_NAMES] },
      },
    },
  },
};
const INHERIT = { type: 'boolean', description: 'false: only the permissions that are given here.' };
const AUTHOR = { type: 'string', minLength: 1, description: 'Who made it; missing: an administrator.' };
const MODEL_NAME = { type: 'string', pattern: '^\\s*(?!\\.{1,2}\\s*$)[^\\s/\\\\][^/\\\\]*$' };
const MODEL = {
  type: 'object',
  additionalProperties: false,
  required: ['model'],
  properties: {
    model: MODEL_NAME,
    owner: NAME,
    inherit: INHERIT,
    permissions: GRANTS,
    gone: { type: 'boolean' },
    by: AUTHOR,
  },
};
const SCHEMA = {
  description: 'Sections by id. ROOT, if it is not stated, has the permissions of its default groups.',
  type: 'object',
  propertyNames: NAMES,
  additionalProperties: {
    description: 'Null, as where nothing follows the key: in ROOT, with what it inherits.',
    type: ['object', 'null'],
    additionalProperties: false,
    properties: {
      name: NAME,
      parent: { ...NAME, description: 'The section that it is in; default ROOT.' },
      inherit: INHERIT,
      by: AUTHOR,
      permissions: GRANTS,
      models: {
        description: 'The models in it. Those that no section names are in ROOT.',
        type: 'array',
        items: { oneOf: [MODEL_NAME, MODEL] },
      },
    },
  },
};

function* grantsIn(value: unknown, on: SectionPlace, path: FilePath): Iterable<FileEntry> {
  const list = inPlace(path, () => listIn(value, 'Section permissions'));
  for (const [at, one] of list.entries()) {
    const here = [...path, at];
    const { permissions, holder } = inPlace(here, () => {
      const { permissions: names, ...to } = entryFields(one, 'An entry of section permissions', [
        'user',
        'group',
        'permissions',
      ]);
      return { permissions: names, holder: readHolder(to, 'The holder of section permissions') };
    });
    const entry = { ...on, ...holder, permissions };
    yield { kind: SECTION_PERMISSION, id: grantId(on, holder), value: entry, path: here };
  }
}

function* modelIn(stated: unknown, section: string, path: FilePath): Iterable<FileEntry> {
  const given = typeof stated === 'string' ? { model: stated } : stated;
  const fields = ['model', 'owner', 'inherit', 'permissions', 'gone', 'by'];
  const { permissions = [], ...facts } = inPlace(path, () =>
    entryFields(given, 'A model of a section', fields),
  );
  const { model, owner } = facts;
  const ref = inPlace(path, () => readPlace({ model, ...(owner !== undefined && { owner }) })) as ModelRef;
  yield { kind: SECTION_MODEL, id: modelId(ref), value: { ...facts, ...ref, section }, path };
  yield* grantsIn(permissions, ref, [...path, 'permissions']);
}

function* inFile(value: unknown): Iterable<FileEntry> {
  const sections = namedIn(value, 'Sections');
  if (!sections.some(([id]) => id === ROOT)) for (const entry of rootEntries()) yield { ...entry, path: [] };
  for (const [name, stated] of sections) {
    const fields = ['name', 'parent', 'inherit', 'by', 'permissions', 'models'];
    const {
      permissions = [],
      models = [],
      ...section
    } = inPlace([name], () => entryFields(stated ?? {}, `The section ${show(name)}`, fields));
    yield { kind: SECTION, id: name, value: section, path: [name] };
    const id = inPlace([name], () => policyName(name, 'A section'));
    yield* grantsIn(permissions, { section: id }, [name, 'permissions']);
    const list = inPlace([name, 'models'], () => listIn(models, `The models of the section ${show(name)}`));
    for (const [at, one] of list.entries()) yield* modelIn(one, id, [name, 'models', at]);
  }
}

type StatedGrant = Holder & Pick<SectionGrant, 'permissions'>;

const placeKey = (place: SectionPlace): string =>
  'section' in place ? `s:${place.section}` : `m:${modelId(place)}`;

/** The permissions given on each section and model. */
function grantsOf(set: PolicySet): Map<string, StatedGrant[]> {
  const found = new Map<string, StatedGrant[]>();
  for (const value of set.of(SECTION_PERMISSION).values()) {
    const grant = value as SectionGrant;
    const key = placeKey(grant);
    const holder: Holder = 'user' in grant ? { user: grant.user } : { group: grant.group };
    const stated = { ...holder, permissions: grant.permissions };
    addTo(found, key, stated);
  }
  return found;
}

function toFile(set: PolicySet): unknown {
  const sections = set.of(SECTION) as ReadonlyMap<string, Section>;
  if (sections.size === 0) return undefined;
  const grants = grantsOf(set);
  const permissionsOf = (place: SectionPlace): { permissions?: StatedGrant[] } => {
    const permissions = grants.get(placeKey(place));
    return permissions === undefined ? {} : { permissions };
  };
  const placed = new Map((set.of(SECTION_MODEL) as ReadonlyMap<string, SectionModel>).entries());
  for (const value of set.of(SECTION_PERMISSION).values()) {
    const grant = value as SectionGrant;
    if ('section' in grant || placed.has(modelId(grant))) continue;
    const { model, owner } = grant;
    placed.set(modelId(grant), { model, ...(owner !== undefined && { owner }) });
  }
  const models = new Map<string, unknown[]>();
  for (const { section = ROOT, ...facts } of placed.values()) {
    const stated = { ...facts, ...permissionsOf(facts) };
    const one = Object.keys(stated).length === 1 ? facts.model : stated;
    addTo(models, section, one);
  }
  return Object.fromEntries(
    [...sections].map(([id, section]) => [
      id,
      { ...section, ...permissionsOf({ section: id }), ...(models.has(id) && { models: models.get(id) }) },
    ]),
  );
}

/** The entries of sections, of the models in them, and of the permissions given on both. */
export const SECTION_ENTRIES: EntryKinds = Object.freeze({
  kinds: SECTION_READERS,
  named: [SECTION],
  file: { key: 'sections', schema: SCHEMA, entries: inFile, write: toFile },
  names(kind, value) {
    const { model, owner, gone } = value as Partial<SectionModel>;
    // Of other owners, nothing is known here.
    return kind === SECTION || model === undefined || owner !== undefined || gone === true ? [] : [{ model }];
  },
  check: checkSections,
} satisfies EntryKinds);
