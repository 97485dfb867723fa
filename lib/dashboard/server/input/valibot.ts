/**
 * All that the dashboard uses of valibot. The build puts the library itself into this file (tools/build/validator.mjs), so
 * that nobody who installs the package has to install it.
 */
export {
  array,
  boolean,
  check,
  finite,
  forward,
  getDotPath,
  integer,
  literal,
  maxLength,
  maxValue,
  minLength,
  minValue,
  nullable,
  number,
  optional,
  picklist,
  pipe,
  rawTransform,
  record,
  regex,
  safeParse,
  strictObject,
  string,
  transform,
  tuple,
  union,
  unknown,
} from 'valibot';
export type { BaseIssue, GenericSchema, InferOutput, ObjectEntries } from 'valibot';
