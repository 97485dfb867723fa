import { toError, messageOf } from '../../common/to-error.js';
import { UnserializableArgumentError } from '../../errors/unserializable-argument.error.js';
import type { ArgumentCodec } from '../../payload/argument-codec.js';
import type { RunningAttempt } from '../attempt/attempt.js';
import type { NodeLog } from '../reporting/node-log.js';

/** Turns what a method returned into the JSON text that is stored. */
export class ResultEncoder {
  constructor(
    private readonly codec: ArgumentCodec,
    private readonly log: NodeLog,
  ) {}

  /** @throws UnserializableArgumentError if other jobs depend on this one: they would miss the result */
  encode(attempt: RunningAttempt, result: unknown): string | null {
    try {
      const text = this.codec.encodeValue(result, 'result');
      return this.codec.seal(text, { uuid: attempt.job.uuid, field: 'result' });
    } catch (error) {
      if (attempt.job.hasChildren) {
        throw new UnserializableArgumentError(
          'result',
          `of ${attempt.job.name} can't be handed to the jobs that depend on it: ${messageOf(toError(error))}`,
          { cause: error },
        );
      }
      this.log.resultLeftOut(attempt, error);
      return null;
    }
  }
}
