import type { Schema } from './described.js';

export const text: Schema = { type: 'string' };
export const date: Schema = { type: 'string', format: 'date-time' };
export const uuid: Schema = { type: 'string', format: 'uuid' };
export const integer: Schema = { type: 'integer' };
export const number: Schema = { type: 'number' };
export const flag: Schema = { type: 'boolean' };
export const anything: Schema = {};

export const oneOf = (...words: readonly string[]): Schema => ({ type: 'string', enum: words });
export const orNull = (schema: Schema): Schema => ({ ...schema, nullable: true });
export const listOf = (items: Schema): Schema => ({ type: 'array', items });
/** Of these properties, all of which are there. */
export const record = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});
/** Of these properties, any of which may be left out. */
export const partial = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  properties,
});
