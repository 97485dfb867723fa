/** The tables of a campaign, beside those of the library. */
export const SCHEMA = `
CREATE TABLE chaos_run (
  id uuid PRIMARY KEY, process integer NOT NULL, uuid uuid NOT NULL, channel text NOT NULL, retry integer NOT NULL,
  node integer, claimed timestamptz, closed boolean NOT NULL, started timestamptz NOT NULL DEFAULT clock_timestamp(), ended timestamptz
);
CREATE TABLE chaos_call (
  id uuid PRIMARY KEY, kind text NOT NULL, uuid uuid NOT NULL, called timestamptz NOT NULL,
  answered timestamptz NOT NULL DEFAULT clock_timestamp(), facts jsonb NOT NULL
);
CREATE TABLE chaos_effect (uuid uuid NOT NULL);
CREATE TABLE chaos_account (id integer PRIMARY KEY, balance integer NOT NULL);
INSERT INTO chaos_account SELECT n, 0 FROM generate_series(1, 8) n;

-- What happens to batches and their members, in the transactions in which it happens.
CREATE TABLE chaos_batch_line (
  id bigserial PRIMARY KEY, transaction xid8 NOT NULL DEFAULT pg_current_xact_id(), batch uuid NOT NULL,
  what text NOT NULL, job uuid, retry integer
);
CREATE FUNCTION chaos_member_lives() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chaos_batch_line (batch, what, job)
  VALUES (NEW.batch_uuid, CASE NEW.phase WHEN 4 THEN 'failed' ELSE 'live' END, NEW.uuid);
  RETURN NULL;
END $$;
CREATE FUNCTION chaos_member_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chaos_batch_line (batch, what, job, retry)
  VALUES (NEW.batch_uuid, NEW.state, NEW.uuid, CASE WHEN NEW.node IS NOT NULL THEN NEW.retry END);
  RETURN NULL;
END $$;
CREATE FUNCTION chaos_batch_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chaos_batch_line (batch, what) VALUES (NEW.uuid, 'closed');
  RETURN NULL;
END $$;
CREATE FUNCTION chaos_batch_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chaos_batch_line (batch, what, job) VALUES (NEW.batch_uuid, 'told ' || NEW.event, NEW.job_uuid);
  RETURN NULL;
END $$;

-- Failures for good of jobs with onFailed, and the jobs that report them, with the transactions that wrote them.
CREATE TABLE chaos_failure_line (
  id bigserial PRIMARY KEY, transaction xid8 NOT NULL DEFAULT pg_current_xact_id(), what text NOT NULL, job uuid NOT NULL
);
CREATE FUNCTION chaos_failed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chaos_failure_line (what, job) VALUES ('failed', NEW.uuid);
  RETURN NULL;
END $$;
CREATE FUNCTION chaos_reported() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO chaos_failure_line (what, job) VALUES ('reported', NEW.failure_of);
  RETURN NULL;
END $$;

-- While a row here says so, statements on the library's tables fail with its SQLSTATE.
CREATE TABLE chaos_trouble (code text NOT NULL, share float8 NOT NULL, until timestamptz NOT NULL);
CREATE FUNCTION chaos_trouble() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_code text := (SELECT code FROM chaos_trouble WHERE until > clock_timestamp() AND random() < share LIMIT 1);
BEGIN
  IF v_code IS NOT NULL THEN RAISE EXCEPTION 'Trouble made by the campaign' USING ERRCODE = v_code; END IF;
  RETURN NULL;
END $$;
`;

const TROUBLED = [
  'queue_job',
  'queue_job_history',
  'queue_job_attempt',
  'queue_job_permit',
  'queue_job_claim',
  'queue_job_dependency',
  'queue_job_batch',
  'queue_job_batch_callback',
];

const trouble = TROUBLED.map(
  (table) =>
    `CREATE TRIGGER chaos_trouble BEFORE INSERT OR UPDATE OR DELETE ON ${table}
     FOR EACH STATEMENT EXECUTE FUNCTION chaos_trouble();`,
).join('\n');

/** After the library's tables are there. */
export const TRIGGERS = `
${trouble}
CREATE TRIGGER chaos_member_stored AFTER INSERT ON queue_job
  FOR EACH ROW WHEN (NEW.batch_uuid IS NOT NULL) EXECUTE FUNCTION chaos_member_lives();
CREATE TRIGGER chaos_member_changed AFTER UPDATE ON queue_job
  FOR EACH ROW WHEN (NEW.batch_uuid IS NOT NULL AND (OLD.phase = 4) <> (NEW.phase = 4)) EXECUTE FUNCTION chaos_member_lives();
CREATE TRIGGER chaos_failed AFTER UPDATE ON queue_job
  FOR EACH ROW WHEN (NEW.name = 'RetriedJobs.luckless' AND OLD.phase <> 4 AND NEW.phase = 4) EXECUTE FUNCTION chaos_failed();
CREATE TRIGGER chaos_reported AFTER INSERT ON queue_job
  FOR EACH ROW WHEN (NEW.failure_of IS NOT NULL) EXECUTE FUNCTION chaos_reported();
CREATE TRIGGER chaos_member_ended AFTER INSERT ON queue_job_history
  FOR EACH ROW WHEN (NEW.batch_uuid IS NOT NULL) EXECUTE FUNCTION chaos_member_ended();
CREATE TRIGGER chaos_member_set_done AFTER UPDATE ON queue_job_history
  FOR EACH ROW WHEN (NEW.batch_uuid IS NOT NULL AND OLD.state <> NEW.state) EXECUTE FUNCTION chaos_member_ended();
CREATE TRIGGER chaos_batch_closed AFTER UPDATE ON queue_job_batch
  FOR EACH ROW WHEN (OLD.date_closed IS NULL AND NEW.date_closed IS NOT NULL) EXECUTE FUNCTION chaos_batch_closed();
CREATE TRIGGER chaos_batch_told AFTER UPDATE ON queue_job_batch_callback
  FOR EACH ROW WHEN (NEW.fired > OLD.fired) EXECUTE FUNCTION chaos_batch_told();
`;
