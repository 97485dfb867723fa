import { validate } from 'uuid';
import {
  check,
  type GenericSchema,
  maxLength,
  minLength,
  type ObjectEntries,
  optional,
  pipe,
  rawTransform,
  strictObject,
  string,
  transform,
} from './valibot.js';

/** A text that PostgreSQL can hold, of 1 to this many characters. */
export const text = (most: number) =>
  pipe(
    string('must be given once, as text'),
    minLength(1, 'must not be empty'),
    maxLength(most, `must be ${most} characters at most`),
    check((value) => !value.includes('\0'), 'must not hold NUL'),
  );

export const uuid = pipe(
  string('must be a uuid'),
  check((value) => validate(value), 'must be a uuid'),
  transform((value) => value.toLowerCase()),
);

/** A whole number written in digits. */
export const wholeNumber = (least: number, most: number) =>
  pipe(
    string(`must be a whole number from ${least} to ${most}`),
    check(
      (value) => /^\d{1,15}$/.test(value) && Number(value) >= least && Number(value) <= most,
      `must be a whole number from ${least} to ${most}`,
    ),
    transform(Number),
  );

const DATE = 'must be a date as in ISO 8601, such as 2026-11-24T10:00:00Z, of the years 1970 to 9999';

export const isoDate = pipe(
  string(DATE),
  check((value) => /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/.test(value), DATE),
  transform((value) => new Date(value)),
  check((value) => value.getTime() >= 0, DATE),
);

/** Some of these words, separated by commas. */
export const words = <Word extends string>(known: readonly Word[]) =>
  pipe(
    string(`must be given once, as text`),
    transform((value) => [...new Set(value.split(','))]),
    check(
      (value) => value.every((word) => known.some((one) => one === word)),
      `must be of ${known.join(', ')}, separated by commas`,
    ),
    transform((value) => value as Word[]),
  );

/** What a function of the library reads: its error says what is allowed. */
export const readBy = <T>(read: (value: string) => T) =>
  pipe(
    text(1_000),
    rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
      try {
        return read(dataset.value);
      } catch (error) {
        addIssue({ message: (error as Error).message });
        return NEVER;
      }
    }),
  );

/** An object that has these properties and no others. */
export const object = <Entries extends ObjectEntries>(entries: Entries) =>
  strictObject(entries, (issue) => {
    if (issue.expected === 'never')
      return `is unknown; known are ${Object.keys(entries).join(', ') || 'none'}`;
    return issue.expected === 'Object' ? 'must be an object' : 'is missing';
  });

export const maybe = <S extends GenericSchema>(schema: S) => optional(schema);
