import { PERMISSION_NAMES } from '../core/policies/sections/permissions.js';
import type { Schema } from './routes/param.js';
import { list, object, TEXT } from './schema-parts.js';

/** The schemas that the routes of sections refer to. */
export const SECTION_SCHEMAS: Readonly<Record<string, Schema>> = Object.freeze({
  SectionOrModel: object(
    '',
    { section: TEXT, model: TEXT },
    { minProperties: 1, maxProperties: 1, additionalProperties: false },
  ),
  SectionTree: object('sections models', {
    sections: list(
      object('id name', {
        id: TEXT,
        name: TEXT,
        parent: TEXT,
        navigation: { const: true, description: 'Shown only because something below it may be read.' },
        inherit: { type: 'boolean' },
        counts: object('sections models', { sections: { type: 'integer' }, models: { type: 'integer' } }),
      }),
    ),
    models: list(
      object('name', { name: TEXT, section: { type: 'string', description: 'Missing: in ROOT.' } }),
    ),
  }),
  SectionGrants: object('inherit permissions', {
    inherit: { type: 'boolean' },
    permissions: list(
      object('permissions', { user: TEXT, group: TEXT, permissions: list({ enum: [...PERMISSION_NAMES] }) }),
    ),
  }),
  Person: object('userName', { userName: TEXT, userGroups: list(TEXT) }),
  EffectivePermissions: object('administrator permissions', {
    administrator: { type: 'boolean' },
    permissions: {
      type: 'object',
      description: 'Each permission, with every place from which it comes.',
      additionalProperties: list(
        object('', { section: TEXT, model: TEXT, owner: TEXT, user: TEXT, group: TEXT }),
      ),
    },
  }),
});
