import type { Failure } from '../../job/failure.js';
import type { DoneRecord, EndRecord } from '../../store/claims/claim-store.js';
import type { RunningAttempt } from './attempt.js';

/** How a run ended. */
export type AttemptResult =
  /** The method returned; `result` is JSON text. */
  | { readonly kind: 'done'; readonly result: string | null }
  /** Written in the job's own transaction. */
  | { readonly kind: 'settled'; readonly released: boolean; readonly seconds?: number }
  | {
      readonly kind: 'retry';
      readonly seconds: number;
      readonly giveAttemptBack: boolean;
      readonly failure?: Failure;
    }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'cancelled'; readonly failure?: Failure }
  /** It was too late to begin. */
  | { readonly kind: 'expired' };

/** An ended run on its way into the database. */
export interface EndedAttempt {
  readonly attempt: RunningAttempt;
  readonly at: number;
  readonly result: AttemptResult;
}

/** How many characters an end takes along. */
export function sizeOf(result: AttemptResult): number {
  if (result.kind === 'done') return result.result?.length ?? 0;
  const failure = 'failure' in result ? result.failure : undefined;
  return failure === undefined ? 0 : failure.message.length + failure.stack.length;
}

/** Milliseconds ago, since only the database's clock is written; to the microsecond, as it counts. */
const ago = (time: number, now: number): number => Math.max(0, Math.round((now - time) * 1000) / 1000);

export function doneRecord({ attempt, at, result }: EndedAttempt, now: number): DoneRecord {
  return {
    uuid: attempt.job.uuid,
    retry: attempt.job.retry,
    result: result.kind === 'done' ? result.result : null,
    started: ago(attempt.startedAt, now),
    ended: ago(at, now),
  };
}

export function endRecord({ attempt, at, result }: EndedAttempt, now: number): EndRecord {
  const times: Pick<EndRecord, 'uuid' | 'retry' | 'started' | 'ended'> = {
    uuid: attempt.job.uuid,
    retry: attempt.job.retry,
    started: ago(attempt.startedAt, now),
    ended: ago(at, now),
  };
  if (result.kind === 'expired') return { uuid: times.uuid, retry: times.retry, kind: 'expired' };
  const failure = 'failure' in result ? result.failure : undefined;
  const error =
    failure === undefined
      ? {}
      : {
          name: failure.name,
          message: failure.message,
          info: failure.stack,
          fingerprint: failure.fingerprint,
        };
  if (result.kind === 'retry')
    return { ...times, kind: 'retry', seconds: result.seconds, uncounted: result.giveAttemptBack, ...error };
  return { ...times, kind: result.kind === 'failed' ? 'failed' : 'cancelled', ...error };
}
