import type { ValueTransformer } from 'typeorm';

/** The driver gives `bigint` columns as strings; ours stay far below 2^53. */
export const int8AsNumber: ValueTransformer = {
  from: (value: string | null) => (value === null ? null : Number(value)),
  to: (value: unknown) => value,
};
