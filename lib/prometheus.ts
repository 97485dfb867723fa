/** Metrics for `prom-client`: see docs/monitoring.md. */
export { prometheusMetrics, type PrometheusMetricsOptions } from './prometheus/prometheus-metrics.js';
