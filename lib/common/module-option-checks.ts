import { InvalidModuleOptionError } from '../errors/invalid-module-option.error.js';
import { unknownProperty } from './check-properties.js';
import { MAX_TIMER_MS, parseMilliseconds } from './duration.js';
import { formatValue } from './format-value.js';
import { isStorable } from './storable-text.js';

/** @throws InvalidModuleOptionError */
export function checkCount(name: string, value: unknown): void {
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 10_000) return;
  throw new InvalidModuleOptionError(
    `${name} must be a whole number from 1 to 10000, not ${formatValue(value)}.`,
  );
}

/** @throws InvalidModuleOptionError where it is no object, or has an option that isn't known */
export function checkKnown(where: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new InvalidModuleOptionError(`${where} must be an object of options, not ${formatValue(options)}.`);
  }
  const unknown = unknownProperty(options, known);
  if (unknown === undefined) return;
  throw new InvalidModuleOptionError(
    `${where} has no option ${unknown.name}; its options are ${known.join(', ')}.${unknown.hint}`,
  );
}

/** @throws InvalidModuleOptionError */
export function checkFunction(name: string, value: unknown, required = false): void {
  if (typeof value === 'function' || (value === undefined && !required)) return;
  throw new InvalidModuleOptionError(`${name} must be a function, not ${formatValue(value)}.`);
}

/** @throws InvalidModuleOptionError */
export function checkMethods(name: string, value: unknown, methods: readonly string[]): void {
  const given = value as Readonly<Record<string, unknown>> | null;
  if (typeof value === 'object' && given !== null && methods.every((one) => typeof given[one] === 'function'))
    return;
  throw new InvalidModuleOptionError(
    `${name} must be an object with the methods ${methods.join(', ')}, not ${formatValue(value)}.`,
  );
}

/** @throws InvalidModuleOptionError */
export function checkFlag(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw new InvalidModuleOptionError(`${name} must be true or false, not ${formatValue(value)}.`);
}

/** The longest identifier that PostgreSQL keeps whole, in bytes; a longer one would be cut. */
const MAX_IDENTIFIER = 63;

/**
 * The name of a schema, in any letters. We quote it wherever it stands in SQL, but TypeORM, for code that asks it for
 * our entities, knows no name with quotes or dots.
 *
 * @throws InvalidModuleOptionError
 */
export function checkSchemaName(schema: string): string {
  const isName = typeof schema === 'string' && /^[^\p{Cc}".]+$/u.test(schema) && isStorable(schema);
  if (isName && Buffer.byteLength(schema) <= MAX_IDENTIFIER && !/^pg_|\$\$/.test(schema)) return schema;
  throw new InvalidModuleOptionError(
    `schema must be the name of a PostgreSQL schema, of 1 to ${MAX_IDENTIFIER} bytes without quotes, dots and "$$", and not beginning with "pg_", not ${formatValue(schema)}.`,
  );
}

/**
 * The options that stand beside a factory.
 *
 * @throws InvalidModuleOptionError
 */
export function checkExtras(
  where: string,
  options: { readonly dataSource?: string; readonly isGlobal?: boolean },
): void {
  const given: unknown = options;
  if (typeof given !== 'object' || given === null) {
    throw new InvalidModuleOptionError(`${where} takes an object of options, not ${formatValue(given)}.`);
  }
  // Copied by an assignment, it would become the prototype, and its properties options that nobody has checked.
  if (Object.hasOwn(given, '__proto__'))
    throw new InvalidModuleOptionError(`${where} has no option '__proto__'.`);
  const dataSource: unknown = options.dataSource;
  if (dataSource !== undefined && (typeof dataSource !== 'string' || dataSource === '')) {
    throw new InvalidModuleOptionError(
      `dataSource must be the name of a TypeORM data source, not ${formatValue(dataSource)}.`,
    );
  }
  checkFlag('isGlobal', options.isGlobal);
}

/**
 * Where the options of `forRootAsync()` come from: one of the three, and not none.
 *
 * @throws InvalidModuleOptionError
 */
export function checkOptionsSource(options: object): void {
  const { useFactory, useClass, useExisting } = options as Readonly<Record<string, unknown>>;
  const given = [useFactory, useClass, useExisting].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw new InvalidModuleOptionError(
      `QueueJobModule.forRootAsync() takes one of useFactory, useClass and useExisting, not ${given.length} of them.`,
    );
  }
  if (useFactory !== undefined) checkFunction('useFactory', useFactory);
  if (useClass === undefined) return;
  checkFunction('useClass', useClass);
  const { prototype } = useClass as { prototype?: { createQueueJobOptions?: unknown } };
  if (typeof prototype?.createQueueJobOptions === 'function') return;
  throw new InvalidModuleOptionError(
    `useClass must be a class with a method createQueueJobOptions(), which ${formatValue(useClass)} has not.`,
  );
}

/** When a node sleeps and wakes, in milliseconds; null is never. */
export function checkSleep({
  sleepAfter,
  wakeEvery,
}: {
  readonly sleepAfter?: number | string;
  readonly wakeEvery?: number | string;
}): { sleepAfter: number; wakeEvery: number } | null {
  if (sleepAfter === undefined) {
    if (wakeEvery === undefined) return null;
    throw new InvalidModuleOptionError(
      'runner.wakeEvery has a meaning only with runner.sleepAfter: set that, or leave it out.',
    );
  }
  const settings = {
    sleepAfter: parseMilliseconds('runner.sleepAfter', sleepAfter, MAX_TIMER_MS),
    wakeEvery: parseMilliseconds(
      'runner.wakeEvery',
      wakeEvery === undefined ? '1 h' : wakeEvery,
      MAX_TIMER_MS,
    ),
  };
  for (const [name, ms] of Object.entries(settings))
    if (ms < 1_000) throw new InvalidModuleOptionError(`runner.${name} must be at least 1000, not ${ms}.`);
  return settings;
}

/** Whether the environment asks for `noDelay`: by our name, or Odoo's. */
export function noDelayByEnvironment(): boolean {
  return [process.env['QUEUE_JOB__NO_DELAY'], process.env['TEST_QUEUE_JOB_NO_DELAY']].includes('1');
}
