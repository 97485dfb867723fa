import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import pg from 'pg';

/** What an application that exports traces has set up: the SDK, and the instrumentation of `pg`. */
export class Tracing {
  private readonly exporter = new InMemorySpanExporter();
  readonly provider = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(this.exporter)],
  });
  private readonly driver = new PgInstrumentation();
  private readonly definitions = this.driver['init']();

  start(): void {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(this.provider);
    this.driver.setTracerProvider(this.provider);
    // Jest has its own way to load modules, which the hook of the instrumentation doesn't see.
    for (const { name, patch } of this.definitions) if (name === 'pg') patch?.(pg);
  }

  async stop(): Promise<void> {
    for (const { name, unpatch } of this.definitions) if (name === 'pg') unpatch?.(pg);
    await this.provider.shutdown();
    trace.disable();
    context.disable();
  }

  get spans(): readonly ReadableSpan[] {
    return this.exporter.getFinishedSpans();
  }

  named(name: string): readonly ReadableSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  clear(): void {
    this.exporter.reset();
  }
}
