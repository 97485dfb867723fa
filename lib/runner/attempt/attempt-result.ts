import type { Failure } from '../../job/failure.js';
import type { DoneRecord, EndRecord } from '../../store/claims/claim-store.js';
import type { Run } from './attempt.js';

/** How a run ended. */
export type RunEnd =
  /** The method returned; `result` is JSON text. */
  | { readonly kind: 'done'; readonly result: string | null }
  /** Written in the job's own transaction. */
  | { readonly kind: 'settled'; readonly released: boolean; readonly seconds?: number }
  | {
      readonly kind: 'retry';
      readonly seconds: number;
      readonly giveTryBack: boolean;
      readonly failure?: Failure;
    }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'cancelled'; readonly failure?: Failure };

/** An ended run on its way into the database. */
export interface Ended {
  readonly run: Run;
  readonly at: number;
  readonly end: RunEnd;
}

/** How many characters an end takes along. */
export function sizeOf(end: RunEnd): number {
  if (end.kind === 'done') return end.result?.length ?? 0;
  const failure = 'failure' in end ? end.failure : undefined;
  return failure === undefined ? 0 : failure.message.length + failure.stack.length;
}

/** Milliseconds ago, since only the database's clock is written; to the microsecond, as it counts. */
const ago = (time: number, now: number): number => Math.max(0, Math.round((now - time) * 1000) / 1000);

export function doneRecord({ run, at, end }: Ended, now: number): DoneRecord {
  return {
    uuid: run.job.uuid,
    retry: run.job.retry,
    result: end.kind === 'done' ? end.result : null,
    started: ago(run.startedAt, now),
    ended: ago(at, now),
  };
}

export function endRecord({ run, at, end }: Ended, now: number): EndRecord {
  const times = { u: run.job.uuid, t: run.job.retry, sa: ago(run.startedAt, now), ea: ago(at, now) };
  const failure = 'failure' in end ? end.failure : undefined;
  const error =
    failure === undefined
      ? {}
      : { n: failure.name, m: failure.message, i: failure.stack, f: failure.fingerprint };
  if (end.kind === 'retry') return { ...times, k: 'retry', s: end.seconds, g: end.giveTryBack, ...error };
  return { ...times, k: end.kind === 'failed' ? 'failed' : 'cancelled', ...error };
}
