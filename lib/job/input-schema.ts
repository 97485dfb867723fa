import { formatValue } from '../common/format-value.js';
import { wrongValue } from '../common/option-checks.js';
import { messageOf, toError } from '../common/to-error.js';
import { type ArgumentIssue, InvalidArgumentsError } from '../errors/invalid-arguments.error.js';

type PathStep = PropertyKey | { readonly key: PropertyKey };

/** What a schema says of a value. */
export type SchemaResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly PathStep[] | undefined;
      }[];
    };

/**
 * A schema of any library that follows [Standard Schema](https://standardschema.dev), such as zod, valibot and arktype. It
 * must not be asynchronous.
 */
export interface StandardSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult | Promise<SchemaResult>;
  };
}

/** The schema of the first argument, or a list with that of each. */
export type InputSchema = StandardSchema | readonly StandardSchema[];

/** At most so many issues stand in the text of an error. */
const MOST_ISSUES = 20;

/** @throws InvalidJobOptionError */
export function checkSchemaOption(value: unknown): InputSchema {
  const schemas: unknown[] = Array.isArray(value) ? value : [value];
  if (schemas.length > 0 && schemas.every(isSchema)) return value as InputSchema;
  throw wrongValue(
    'schema',
    'a schema that follows Standard Schema (zod, valibot, arktype), or a list of them',
    value,
  );
}

/**
 * Checks the arguments of a job.
 *
 * @returns what the schema makes of them: with its defaults and transformations
 * @throws InvalidArgumentsError that lists what does not match
 */
export function checkInput(schema: InputSchema, args: readonly unknown[], name: string): unknown[] {
  const schemas = Array.isArray(schema) ? (schema as readonly StandardSchema[]) : [schema as StandardSchema];
  const output = [...args];
  const issues: ArgumentIssue[] = [];
  for (const [at, one] of schemas.entries()) {
    const result = validate(one, args[at], name);
    if (result.issues === undefined) {
      // An argument that was left out stays so where the schema has nothing to put there.
      if (at < args.length || result.value !== undefined) output[at] = result.value;
    } else {
      issues.push(...result.issues.map(({ message, path }) => ({ path: pathOf(at, path ?? []), message })));
    }
  }
  if (issues.length === 0) return output;
  const told = issues.slice(0, MOST_ISSUES).map(({ path, message }) => `${path}: ${message}`);
  const more = issues.length > MOST_ISSUES ? `; and ${issues.length - MOST_ISSUES} more` : '';
  throw new InvalidArgumentsError(
    `The arguments of ${name} do not match its schema: ${told.join('; ')}${more}`,
    issues,
  );
}

function validate(schema: StandardSchema, value: unknown, name: string): SchemaResult {
  let result: SchemaResult | Promise<SchemaResult>;
  try {
    result = schema['~standard'].validate(value);
  } catch (error) {
    throw new InvalidArgumentsError(`The schema of ${name} threw: ${messageOf(toError(error))}`, [], {
      cause: error,
    });
  }
  if (!(result instanceof Promise)) return result;
  result.catch(() => undefined);
  throw new InvalidArgumentsError(
    `The schema of ${name} is asynchronous, so a call can't be checked by it before it is stored. Check in the method what needs to wait for something.`,
  );
}

const isSchema = (value: unknown): boolean => {
  // The schemas of arktype are functions.
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const standard = (value as Readonly<Record<string, unknown>>)['~standard'] as
    { readonly version?: unknown; readonly validate?: unknown } | undefined;
  return standard?.version === 1 && typeof standard.validate === 'function';
};

function pathOf(at: number, path: readonly PathStep[]): string {
  const steps = path.map((step) => {
    const key = typeof step === 'object' ? step.key : step;
    if (typeof key === 'number') return `[${key}]`;
    return typeof key === 'string' && /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${formatValue(key)}]`;
  });
  return `args[${at}]${steps.join('')}`;
}
