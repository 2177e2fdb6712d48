import type { Schema } from './routes/param.js';

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
export const list = (items: Schema): Schema => ({ type: 'array', items });
export const TEXT: Schema = { type: 'string' };
export const object = (required: string, properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: 'object',
  required: required === '' ? [] : required.split(' '),
  properties,
  ...more,
});
