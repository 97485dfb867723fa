/** How many jobs a queue is filled with. */
export interface QueueSize {
  readonly live: number;
  readonly ended: number;
}

export type RunSql = (text: string, values?: unknown[]) => Promise<unknown>;

/** A uuid of version 7 of the age `age` (an interval in SQL), told apart by the number `i`. */
const uuidOf = (age: string): string =>
  `(lpad(to_hex((extract(epoch FROM now() - ${age}) * 1000)::bigint), 12, '0') || '7' || substr(md5(i::text), 1, 3)
    || '8' || substr(md5('u' || i), 1, 15))::uuid`;

const NAME = `(ARRAY['InvoiceService.send', 'InvoiceService.createPdf', 'ErpSync.pushOrder', 'Payments.capture', 'Images.resize', 'Reports.monthly'])[1 + i % 6]`;
const CHANNEL = `(ARRAY['root.mail', 'root.pdf', 'root.erp', 'root.payments', 'root.media', 'root.reports'])[1 + i % 6]`;
const ARGS = `json_build_array(json_build_object('customer', json_build_object('id', i % 5000), 'order', 'A-' || i))`;
const COMMON = `${NAME} AS name, ${CHANNEL} AS channel, 'Order A-' || i || ' of customer ' || i % 5000 AS description, ${ARGS} AS args,
  CASE WHEN i % 3 = 0 THEN 'ada' END AS user_id, CASE WHEN i % 7 = 0 THEN '["eu"]'::jsonb END AS tags`;

/**
 * Fills the tables with jobs of a month, as a shop has them after an outage: most have ended well, some thousand wait, for
 * their channel, their time or a retry, and some have failed, in two groups. One graph of 300 jobs and one batch of 500 are
 * among them.
 */
export async function fillQueue(run: RunSql, { live, ended }: QueueSize): Promise<void> {
  await run(
    `INSERT INTO queue_job_history (uuid, seq, name, channel, description, args, user_id, tags, state, retry, date_created,
       date_enqueued, date_started, date_done, exec_time, batch_uuid)
     SELECT ${uuidOf(`i * interval '30 days' / $1`)}, i, ${COMMON}, CASE WHEN i % 50 = 0 THEN 'cancelled' ELSE 'done' END, 1,
       d, d + interval '1 second', d + interval '2 seconds', d + interval '3 seconds', (i % 90) / 10.0,
       CASE WHEN i <= 500 THEN '0198a1b2-0000-7000-8000-00000000ba7c'::uuid END
     FROM generate_series(1, $1::int) i, LATERAL (SELECT now() - i * interval '30 days' / $1 AS d) t`,
    [ended],
  );
  await run(
    `INSERT INTO queue_job (uuid, name, channel, description, args, user_id, tags, state, phase, retry, max_retries, eta,
       date_created, date_started, exec_time, exc_name, exc_message, exc_fingerprint, graph_uuid)
     SELECT ${uuidOf(`i * interval '2 hours' / $1`)}, ${COMMON},
       CASE WHEN i % 10 = 0 THEN 'failed' WHEN i <= 299 THEN 'wait_dependencies' ELSE 'pending' END,
       CASE WHEN i % 10 = 0 THEN 4 WHEN i <= 299 THEN 0 WHEN i % 10 < 4 THEN 1 ELSE 2 END,
       CASE WHEN i % 10 < 2 THEN 3 ELSE 0 END, 5,
       CASE WHEN i % 10 BETWEEN 1 AND 3 AND i > 299 THEN now() + i % 3600 * interval '1 second' END,
       now() - i * interval '2 hours' / $1,
       CASE WHEN i % 10 < 2 THEN now() - i * interval '1 hour' / $1 END, CASE WHEN i % 10 < 2 THEN 0.4 END,
       CASE WHEN i % 10 < 2 THEN 'TimeoutError' END, CASE WHEN i % 10 < 2 THEN 'No answer within 30 s' END,
       CASE WHEN i % 10 < 2 THEN 'f' || i % 2 END, CASE WHEN i <= 300 THEN '0198a1b2-0000-7000-8000-000000009a4e'::uuid END
     FROM generate_series(1, $1::int) i`,
    [live],
  );
  await run(
    `INSERT INTO queue_job_attempt (job_uuid, name, retry, node, date_started, date_ended, exc_name, exc_message, exc_fingerprint)
     SELECT j.uuid, j.name, 1, 1, j.date_started, j.date_started + interval '1 second', j.exc_name, j.exc_message, j.exc_fingerprint
     FROM queue_job j WHERE j.exc_name IS NOT NULL
     UNION ALL SELECT h.uuid, h.name, 1, 1, h.date_started, h.date_started + interval '1 second', 'TimeoutError', 'No answer within 30 s', 'f1'
     FROM queue_job_history h WHERE h.seq % 5 = 0`,
  );
  await run(
    `INSERT INTO queue_job_log (job_uuid, retry, message) SELECT a.job_uuid, 1, 'Connecting' FROM queue_job_attempt a`,
  );
  await run(
    `INSERT INTO queue_job_dependency (parent, child)
     SELECT p.uuid, c.uuid FROM (SELECT uuid FROM queue_job WHERE graph_uuid IS NOT NULL AND phase = 4 ORDER BY uuid LIMIT 1) p,
       (SELECT uuid FROM queue_job WHERE graph_uuid IS NOT NULL AND phase = 0) c`,
  );
  await run(
    `INSERT INTO queue_job_batch (uuid, name, date_closed, total)
     VALUES ('0198a1b2-0000-7000-8000-00000000ba7c', 'Orders of May', now(), 500)`,
  );
  await run(
    `INSERT INTO queue_job_rollup (width, bucket, channel, name, done, failed, retried, wait, run)
     SELECT w, date_bin(w * interval '1 second', now(), to_timestamp(0)) - b * w * interval '1 second', ${CHANNEL}, ${NAME},
       40 + i, b % 5, b % 7, '{0,0,0,9,20,9}', '{0,0,5,9,20,9,2}'
     FROM (VALUES (60, 120), (900, 192), (3600, 336)) r (w, n), generate_series(0, r.n) b, generate_series(0, 5) i`,
  );
  await run(
    `INSERT INTO queue_job_audit (actor, action, target, details)
     SELECT 'ada', 'channels.change', ${CHANNEL}, '{"change": {"capacity": 5}}' FROM generate_series(1, 2000) i`,
  );
  await run(
    `INSERT INTO queue_job_channel (name, capacity) SELECT DISTINCT ${CHANNEL}, 10 FROM generate_series(0, 5) i
     UNION SELECT 'root', NULL ON CONFLICT DO NOTHING`,
  );
  await run('ANALYZE');
}
