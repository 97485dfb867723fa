/** Traces and metrics by `@opentelemetry/api`: see docs/monitoring.md. */
export {
  openTelemetryTracing,
  type OpenTelemetryTracingOptions,
} from './opentelemetry/open-telemetry-tracing.js';
export {
  openTelemetryMetrics,
  type OpenTelemetryMetricsOptions,
} from './opentelemetry/open-telemetry-metrics.js';
