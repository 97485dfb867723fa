import { classNameOf } from './types/prototypes.js';

/** The reasons for refusals. Each follows the path of the value, so that both read as one sentence. */
export const reasons = {
  function: 'is a function, which can not be carried as JSON.',
  symbol: 'is a symbol, which can not be carried as JSON.',
  symbolKey: 'has a symbol as its key, which can not be carried as JSON.',
  cycle: 'is one of the objects that it lies in (a cycle), which can not be carried as JSON.',
  depth: (levels: number) => `is nested more than ${levels} levels deep.`,
  text: (flaw: string) => `is a string with ${flaw}.`,
  key: (flaw: string) => `has a key with ${flaw}.`,
  size: (bytes: string, limit: number) =>
    `takes ${bytes} bytes as JSON, which is more than the ${limit} that the module option maxPayloadBytes allows.` +
    ' Store large data elsewhere and pass its id.',
  unreadable: (error: unknown) => `can not be read: ${messageOf(error)}`,
  codec: (name: string, error: unknown) => `can not be encoded by the codec "${name}": ${messageOf(error)}`,
  entity: (error: unknown) => `can not be carried as a reference: ${messageOf(error)}`,
  instance: instanceReason,
} as const;

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function instanceReason(value: object): string {
  const name = classNameOf(value);
  if (name === 'Promise') return 'is a Promise: await it before the call.';
  const what =
    name === 'Object' ? 'an object with a prototype of its own' : `an instance of the class ${name}`;
  return `is ${what}, which has methods or accessors and no codec. Pass plain data, or register a codec with the module option codecs: typeCodec.dto(${name === 'Object' ? 'TheClass' : name}) for its fields, or typeCodec({ … }).`;
}
