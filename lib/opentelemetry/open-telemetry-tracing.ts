import {
  type Attributes,
  context,
  createContextKey,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { checkProperties } from '../common/check-properties.js';
import { checkBoolean } from '../common/option-checks.js';
import { readText, toError } from '../common/to-error.js';
import { LIBRARY_VERSION } from '../common/version.js';
import type { JobTracing, TracedAttempt, TracedCall, TracedEnd } from '../job/job-tracing.js';
import { ATTRIBUTES, OPERATIONS, SCOPE, SYSTEM } from './conventions.js';
import { readTraceparent, traceparentOf } from './traceparent.js';

/** The options of {@link openTelemetryTracing}. */
export interface OpenTelemetryTracingOptions {
  /**
   * Whether an attempt belongs to the trace of the call that stored its job. By default it begins a trace of its own with a
   * link to the call, so that a retry hours later, or a thousand jobs of one call, do not make one endless trace.
   * Default: false.
   */
  readonly continueTrace?: boolean;
  /** Whether the library's own statements may appear in traces, as an instrumentation of `pg` makes spans of them. Default: false. */
  readonly ownQueries?: boolean;
}

/** What the SDK's `suppressTracing()` sets. The API gives the same key for the same text. */
const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/**
 * A value for the module option `tracing`: a span for each call that stores jobs, and one for each attempt, linked to that
 * of the call. It uses the tracer provider and context manager that the application has registered with
 * `@opentelemetry/api`; without any it does nothing.
 *
 * @throws InvalidJobOptionError for an unknown or wrong option
 * @example
 * ```ts
 * QueueJobModule.forRoot({ tracing: openTelemetryTracing() });
 * ```
 */
export function openTelemetryTracing(options: OpenTelemetryTracingOptions = {}): JobTracing {
  const given = checkProperties<OpenTelemetryTracingOptions>(options, {
    continueTrace: (value) => checkBoolean('continueTrace', value),
    ownQueries: (value) => checkBoolean('ownQueries', value),
  });
  const { continueTrace = false, ownQueries = false } = given;
  // A proxy: it follows a provider that is registered later.
  const tracer = trace.getTracer(SCOPE, LIBRARY_VERSION);
  return {
    enqueue: async (call, store) => enqueue(tracer, call, store),
    attempt: async (attempt, run, endOf) => process(tracer, attempt, continueTrace, run, endOf),
    quietly: ownQueries ? (work) => work() : quietly,
  };
}

function quietly<T>(work: () => T): T {
  const active = context.active();
  return active.getValue(SUPPRESSED) === true
    ? work()
    : context.with(active.setValue(SUPPRESSED, true), work);
}

async function enqueue<T>(
  tracer: Tracer,
  call: TracedCall,
  store: (trace: string | null) => Promise<T>,
): Promise<T> {
  const attributes: Attributes = {
    ...common(call, 'enqueue'),
    ...(call.uuid === undefined
      ? { [ATTRIBUTES.batchCount]: call.count }
      : { [ATTRIBUTES.messageId]: call.uuid }),
  };
  const span = tracer.startSpan(nameOf(call, 'enqueue'), { kind: SpanKind.PRODUCER, attributes });
  try {
    return await context.with(
      trace.setSpan(context.active(), span),
      store,
      undefined,
      traceparentOf(span.spanContext()),
    );
  } catch (thrown) {
    const error = toError(thrown);
    fail(
      span,
      { name: error.name, message: error.message, stack: error.stack ?? '' },
      readText(thrown, 'code'),
    );
    throw thrown;
  } finally {
    span.end();
  }
}

async function process<T>(
  tracer: Tracer,
  attempt: TracedAttempt,
  continueTrace: boolean,
  run: () => Promise<T>,
  endOf: (ended: T) => TracedEnd,
): Promise<T> {
  const call = readTraceparent(attempt.trace);
  const attributes: Attributes = {
    ...common(attempt, 'process'),
    [ATTRIBUTES.messageId]: attempt.uuid,
    [ATTRIBUTES.attempt]: attempt.attempt,
    [ATTRIBUTES.maxRetries]: attempt.maxRetries,
  };
  // Not the active context: that of whoever has woken this node, perhaps a request of somebody else.
  const parent =
    call !== undefined && continueTrace ? trace.setSpanContext(ROOT_CONTEXT, call) : ROOT_CONTEXT;
  const links = call === undefined ? [] : [{ context: call }];
  const options = { kind: SpanKind.CONSUMER, attributes, links };
  const span = tracer.startSpan(nameOf(attempt, 'process'), options, parent);
  try {
    const ended = await context.with(trace.setSpan(parent, span), run);
    const { outcome, error } = endOf(ended);
    span.setAttribute(ATTRIBUTES.outcome, outcome);
    if (error !== undefined) fail(span, error, undefined, outcome !== 'cancelled');
    return ended;
  } finally {
    span.end();
  }
}

const common = (
  { name, channel }: TracedCall | TracedAttempt,
  operation: keyof typeof OPERATIONS,
): Attributes => ({
  [ATTRIBUTES.system]: SYSTEM,
  [ATTRIBUTES.destination]: channel,
  [ATTRIBUTES.operationName]: OPERATIONS[operation].name,
  [ATTRIBUTES.operationType]: OPERATIONS[operation].type,
  [ATTRIBUTES.jobName]: name,
});

/** Channels may be as many as customers, so the span has the name of the job function, of which there are few. */
const nameOf = ({ name }: TracedCall | TracedAttempt, operation: keyof typeof OPERATIONS): string =>
  `${OPERATIONS[operation].name} ${name}`;

function fail(
  span: Span,
  error: { readonly name: string; readonly message: string; readonly stack: string },
  code?: string,
  isError = true,
): void {
  span.recordException(error);
  span.setAttribute(ATTRIBUTES.errorType, code ?? error.name);
  if (isError) span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
}
