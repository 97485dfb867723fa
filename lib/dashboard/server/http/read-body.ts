import type { IncomingMessage } from 'node:http';
import { ProblemError } from './problem.error.js';

/** An action takes 1,000 uuids at most, some 40 KB. */
const MOST_BYTES = 1024 * 1024;

/**
 * The body as a value. An application may read bodies itself (`bodyParser: false`), as bytes or as text, or only those
 * of some routes.
 *
 * @throws ProblemError of status 400 for what is no JSON, 413 for what is too long
 */
export async function readBody(given: unknown, message: IncomingMessage): Promise<unknown> {
  if (Buffer.isBuffer(given)) return parse(given.toString('utf8'));
  if (typeof given === 'string') return parse(given);
  // Some parsers leave an empty object where they have read nothing.
  const isGiven = given !== undefined && given !== null && Object.keys(given).length > 0;
  return isGiven || message.readableDidRead ? given : parse(await read(message));
}

async function read(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES)
      throw new ProblemError(413, `The body must be ${MOST_BYTES} bytes at most.`, { code: 'TOO_LARGE' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ProblemError(400, 'The body must be JSON.', { code: 'INVALID_INPUT' });
  }
}
